//! How a text is searched: what the queries for texts have in common.

use super::fuzziness::{Fuzziness, FuzzyOptions};
use super::minimum_should_match::MinimumShouldMatch;
use super::operator::Operator;
use super::rewrite::Rewrite;
use super::zero_terms::ZeroTerms;
use crate::Error;
use crate::json::{Fields, Node, ParseError};
use crate::plan::{Planned, Planner};

/// How a text is searched, whatever the field.
#[derive(Debug, Clone)]
pub(super) struct TextOptions {
    /// The type of the query, for errors.
    pub(super) query: &'static str,
    pub(super) form: TextForm,
    /// `None` is the field's own.
    pub(super) analyzer: Option<String>,
    pub(super) operator: Operator,
    pub(super) minimum_should_match: Option<MinimumShouldMatch>,
    pub(super) fuzziness: Option<Fuzziness>,
    pub(super) fuzzy: FuzzyOptions,
    /// The name of a [`Rewrite`].
    pub(super) fuzzy_rewrite: Option<String>,
    /// How many positions the words of a phrase may be moved.
    pub(super) slop: u32,
    pub(super) zero_terms: ZeroTerms,
    pub(super) invalid_values: InvalidValues,
    pub(super) synonyms: SynonymWords,
    pub(super) last_prefix: LastPrefix,
}

/// When the last word of [`TextForm::WordsThenPrefix`] is only the start of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastPrefix {
    /// If the text ends with it, and not with a space.
    AtEnd,
    Always,
}

/// How documents must have the words of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextForm {
    /// Anywhere.
    Words,
    /// Anywhere; the last one may be the start of a term.
    WordsThenPrefix,
    /// Next to each other, in order.
    Phrase,
    /// Next to each other, in order; the last one may be the start of a term.
    PhrasePrefix,
}

/// Whether a word is a term, or the start of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordForm {
    Whole,
    Prefix,
}

impl TextForm {
    /// The form of the last word of a text. The others are whole.
    pub(super) fn last_word(self) -> WordForm {
        match self {
            TextForm::Words | TextForm::Phrase => WordForm::Whole,
            TextForm::WordsThenPrefix | TextForm::PhrasePrefix => WordForm::Prefix,
        }
    }
}

impl WordForm {
    /// The form of a word, if this is that of the last of `count` words.
    pub(super) fn of_word(self, index: usize, count: usize) -> Self {
        if index + 1 == count { self } else { WordForm::Whole }
    }
}

/// How documents must have the words of a synonym of several words: `auto_generate_synonyms_phrase_query`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SynonymWords {
    /// As a phrase.
    Phrase,
    /// All of them, anywhere.
    Anywhere,
}

impl SynonymWords {
    /// Takes the key of all queries for texts.
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let is_phrase = fields.optional("auto_generate_synonyms_phrase_query", Node::boolean)?.unwrap_or(true);
        Ok(if is_phrase { SynonymWords::Phrase } else { SynonymWords::Anywhere })
    }
}

/// What happens with a text that the field cannot have as a value, such as a word for a number: `lenient`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvalidValues {
    Fail,
    MatchNothing,
}

impl InvalidValues {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        Ok(if node.boolean()? { InvalidValues::MatchNothing } else { InvalidValues::Fail })
    }

    /// A query that cannot be planned because of its value matches nothing, if values may be invalid.
    pub(super) fn forgive(self, planned: Result<Option<Planned>, Error>) -> Result<Option<Planned>, Error> {
        match planned {
            Err(error) if self.forgives(&error) => Ok(Some(Planned::none())),
            planned => planned,
        }
    }

    /// Whether a query that fails with this error matches nothing instead.
    pub(super) fn forgives(self, error: &Error) -> bool {
        self == InvalidValues::MatchNothing && matches!(error, Error::Query(_) | Error::Shard { .. })
    }
}

impl TextOptions {
    /// A text whose words may be anywhere, in any order, and of which one is enough.
    pub(super) fn new(query: &'static str, form: TextForm) -> Self {
        TextOptions {
            query,
            form,
            analyzer: None,
            operator: Operator::Or,
            minimum_should_match: None,
            fuzziness: None,
            fuzzy: FuzzyOptions::default(),
            fuzzy_rewrite: None,
            slop: 0,
            zero_terms: ZeroTerms::None,
            invalid_values: InvalidValues::Fail,
            synonyms: SynonymWords::Phrase,
            last_prefix: LastPrefix::AtEnd,
        }
    }

    /// Whether the index has the analyzer, and the way of scoring exists.
    pub(super) fn check(&self, planner: &Planner<'_>) -> Result<(), Error> {
        self.rewrite()?;
        match &self.analyzer {
            Some(analyzer) if !planner.mapping().has_analyzer(analyzer) => {
                Err(Error::Query(format!("[{}] analyzer [{analyzer}] not found", self.query)))
            }
            _ => Ok(()),
        }
    }

    /// Whether the whole text of a field that is not analyzed must be the same.
    pub(super) fn is_plain(&self) -> bool {
        let is_whole = matches!(self.form, TextForm::Words | TextForm::Phrase);
        is_whole && self.analyzer.is_none() && self.fuzziness.is_none()
    }

    pub(super) fn rewrite(&self) -> Result<Rewrite, Error> {
        self.fuzzy_rewrite.as_deref().map_or(Ok(self.fuzzy.rewrite()), Rewrite::parse)
    }
}

/// The error that a field has no terms that others are similar to.
pub(super) fn not_fuzzy(field: &str, kind: &str) -> Error {
    Error::Query(format!(
        "Can only use fuzzy queries on keyword and text fields - not on [{field}] which is of type [{kind}]"
    ))
}
