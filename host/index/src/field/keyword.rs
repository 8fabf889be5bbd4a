//! What texts are as one term.

use std::borrow::Cow;
use std::fmt;

use crate::analysis::Analyzer;

/// The options of a text that is one term.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeywordOptions {
    /// Longest value that is indexed, in characters. Longer values are only in the source.
    pub ignore_above: Option<u32>,
    /// Changes values before they are indexed, and those of queries.
    pub normalizer: Option<NamedAnalyzer>,
    /// Which type it is.
    pub form: KeywordForm,
}

/// The types whose values are one term.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum KeywordForm {
    /// The type `keyword`.
    #[default]
    Keyword,
    /// The type `wildcard`: all terms score the same.
    Wildcard,
    /// The type `constant_keyword`: every document has this value.
    Constant(String),
}

/// An analyzer or a normalizer of the index.
#[derive(Clone)]
pub struct NamedAnalyzer {
    name: String,
    analyzer: Analyzer,
}

impl KeywordOptions {
    pub(crate) fn type_name(&self) -> &'static str {
        match self.form {
            KeywordForm::Keyword => "keyword",
            KeywordForm::Wildcard => "wildcard",
            KeywordForm::Constant(_) => "constant_keyword",
        }
    }

    /// The value as it is indexed.
    pub fn normalized<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        match &self.normalizer {
            Some(normalizer) => Cow::Owned(normalizer.analyzer.normalize(&text)),
            None => text,
        }
    }
}

impl NamedAnalyzer {
    pub(crate) fn new(name: &str, analyzer: Analyzer) -> Self {
        NamedAnalyzer { name: name.to_owned(), analyzer }
    }

    pub(crate) fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// How many tokens it makes of a text.
    pub(super) fn count(&self, text: &str) -> i64 {
        self.analyzer.count(text) as i64
    }

    /// Its name in the settings of the index.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl PartialEq for NamedAnalyzer {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for NamedAnalyzer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("NamedAnalyzer").field(&self.name).finish()
    }
}
