//! How a text that is searched in several fields scores in all of them: `type`.

use super::text_options::TextForm;
use crate::json::{Case, ErrorKind, Words};

/// How a text that is searched in several fields matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MultiMatchType {
    /// The field that scores highest counts.
    BestFields,
    /// All fields count.
    MostFields,
    /// Each word may be in another field.
    CrossFields,
    Phrase,
    PhrasePrefix,
    /// As [`MultiMatchType::MostFields`]; the last word may be the start of a term.
    BoolPrefix,
}

pub(super) const TYPES: Words<MultiMatchType> = Words {
    key: "type",
    case: Case::Any,
    error: ErrorKind::Value,
    words: &[
        ("best_fields", MultiMatchType::BestFields),
        ("most_fields", MultiMatchType::MostFields),
        ("cross_fields", MultiMatchType::CrossFields),
        ("phrase", MultiMatchType::Phrase),
        ("phrase_prefix", MultiMatchType::PhrasePrefix),
        ("bool_prefix", MultiMatchType::BoolPrefix),
    ],
};

impl MultiMatchType {
    /// How much the fields count that do not score highest, unless the query has a `tie_breaker`.
    pub(super) fn tie_breaker(self) -> f32 {
        match self {
            MultiMatchType::MostFields | MultiMatchType::BoolPrefix => 1.0,
            _ => 0.0,
        }
    }

    /// How a field must have the words.
    pub(super) fn form(self) -> TextForm {
        match self {
            MultiMatchType::BestFields | MultiMatchType::MostFields | MultiMatchType::CrossFields => TextForm::Words,
            MultiMatchType::Phrase => TextForm::Phrase,
            MultiMatchType::PhrasePrefix => TextForm::PhrasePrefix,
            MultiMatchType::BoolPrefix => TextForm::WordsThenPrefix,
        }
    }

    /// Whether words may be similar to those of the text.
    pub(super) fn may_be_fuzzy(self) -> bool {
        use MultiMatchType::{CrossFields, Phrase, PhrasePrefix};
        !matches!(self, CrossFields | Phrase | PhrasePrefix)
    }
}
