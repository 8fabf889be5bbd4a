//! Documents that have a term which matches a pattern: what `prefix`, `wildcard` and `regexp` have in common.

use std::sync::Arc;

use quidditch_index::{Field, FieldKind};
use tantivy::query::{Query, RegexQuery};
use tantivy_fst::Regex;

use super::clause::Clause;
use super::computed;
use super::parser::take_boost;
use super::rewrite::Rewrite;
use super::text_matches::{TermTest, TextMatches};
use crate::Error;
use crate::json::{Fields, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;
use crate::terms::TermMatcher;

/// A pattern that is compiled when the query is parsed, and the fields that it is searched in.
pub(super) struct TermPattern {
    /// The type of the query, for errors.
    pub(super) query: &'static str,
    pub(super) field: String,
    /// Whether the pattern is valid is only relevant if the index has the field.
    pub(super) regex: Result<Arc<Regex>, PatternError>,
    /// What all terms begin with that match, as far as it is known.
    pub(super) prefix: String,
    pub(super) options: PatternOptions,
}

/// How the matches of a pattern are scored.
#[derive(Debug, Clone)]
pub(super) struct PatternOptions {
    pub(super) boost: f32,
    /// The name of a [`Rewrite`]; `None` scores all matches the same.
    pub(super) rewrite: Option<String>,
}

impl Default for PatternOptions {
    fn default() -> Self {
        PatternOptions { boost: 1.0, rewrite: None }
    }
}

/// Why a pattern is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PatternError {
    /// Something else was expected here.
    #[error("expected {expected} at position {position}")]
    Expected {
        /// What was expected.
        expected: &'static str,
        /// The index of the character.
        position: usize,
    },
    /// An operator of the language that is not supported.
    #[error(
        "operator [{operator}] at position {position} is not supported; escape it with a backslash to match the character"
    )]
    Unsupported {
        /// The operator.
        operator: char,
        /// The index of the character.
        position: usize,
    },
    /// The automaton would be too large.
    #[error("the pattern is too complex: {0}")]
    TooComplex(String),
}

/// Whether upper and lower case are different.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterCase {
    Sensitive,
    Insensitive,
}

impl LetterCase {
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let is_insensitive = fields.optional("case_insensitive", Node::boolean)?.unwrap_or(false);
        Ok(if is_insensitive { LetterCase::Insensitive } else { LetterCase::Sensitive })
    }
}

impl PatternOptions {
    /// Takes the keys that all these queries have.
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let rewrite = fields.optional("rewrite", |node| node.text().map(str::to_owned))?;
        Ok(PatternOptions { boost: take_boost(fields)?, rewrite })
    }
}

/// Compiles a pattern in the syntax of the crate `regex`. It must match a whole term, and `.` matches any character.
pub(super) fn compile(pattern: &str, case: LetterCase) -> Result<Arc<Regex>, PatternError> {
    let flags = if case == LetterCase::Insensitive { "si" } else { "s" };
    let regex = Regex::new(&format!("(?{flags}){pattern}"));
    regex.map(Arc::new).map_err(|error| PatternError::TooComplex(error.to_string()))
}

/// A text as a pattern that matches only this text, in any case perhaps: only letters of ASCII then have two cases, as clients know it.
pub(super) fn push_text(pattern: &mut String, text: &str, case: LetterCase) {
    for character in text.chars() {
        if case == LetterCase::Insensitive && character.is_ascii_alphabetic() {
            pattern.push('[');
            pattern.push(character.to_ascii_lowercase());
            pattern.push(character.to_ascii_uppercase());
            pattern.push(']');
        } else {
            push_escaped(pattern, character.encode_utf8(&mut [0; 4]));
        }
    }
}

/// A text as a pattern that matches only this text.
pub(super) fn push_escaped(pattern: &mut String, text: &str) {
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(character);
    }
}

impl Clause for TermPattern {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.options.boost)?;
        let rewrite = self.options.rewrite.as_deref().map_or(Ok(Rewrite::Constant), Rewrite::parse)?;
        if let Some(computed) = planner.computed(&self.field).filter(|_| rewrite == Rewrite::Constant) {
            return computed::matching(computed, self.query, self.regex()?, scoring);
        }
        if rewrite == Rewrite::Constant {
            let native = self.native(planner)?;
            return Ok(native.map_or_else(Planned::none, |query| Planned::constant(query, scoring.boost())));
        }
        let Some(field) = self.field(planner)? else { return Ok(Planned::none()) };
        rewrite.plan(planner, field, TermMatcher::Pattern(Arc::clone(self.regex()?)), scoring)
    }

    fn text_matches(&self, _: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        if let Ok(regex) = &self.regex {
            matches.test(&self.field, TermTest::Matches(Arc::clone(regex)));
        }
        Ok(())
    }

    fn description(&self) -> String {
        format!("{} query on the field {}", self.query, self.field)
    }
}

impl TermPattern {
    /// The pattern as a query whose matches score 1; `None` if the index does not have the field.
    pub(super) fn native(&self, planner: &Planner<'_>) -> Result<Option<Box<dyn Query>>, Error> {
        let Some(field) = self.field(planner)? else { return Ok(None) };
        let regex = self.regex()?;
        planner.warmup.pattern(field.tantivy_field(), regex, &self.prefix);
        Ok(Some(Box::new(RegexQuery::from_regex(Arc::clone(regex), field.tantivy_field()))))
    }

    fn regex(&self) -> Result<&Arc<Regex>, Error> {
        self.regex.as_ref().map_err(|error| Error::Query(error.to_string()))
    }

    fn field<'p>(&self, planner: &'p Planner<'_>) -> Result<Option<&'p Field>, Error> {
        let refused = |kind: &str| {
            let TermPattern { query, field, .. } = self;
            Error::Query(format!(
                "Can only use {query} queries on keyword and text fields - not on [{field}] which is of type [{kind}]"
            ))
        };
        if self.field == "_id" {
            return Err(refused("_id"));
        }
        match planner.field(&self.field) {
            Some(field) if !matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. }) => {
                Err(refused(field.kind().type_name()))
            }
            field => Ok(field),
        }
    }
}
