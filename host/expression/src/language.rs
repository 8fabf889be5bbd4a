//! The languages of scripts.

use std::fmt;

/// A language in which a script can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Lucene expressions: one expression over numbers.
    Expression,
    /// The part of Painless that needs no objects that change.
    Painless,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 2] = [Language::Expression, Language::Painless];

    /// The name in a request's `lang`.
    pub fn name(self) -> &'static str {
        match self {
            Language::Expression => "expression",
            Language::Painless => "painless",
        }
    }

    /// The language with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
