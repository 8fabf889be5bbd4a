//! Documents that have a term which matches a pattern: what `prefix`, `wildcard` and `regexp` have in common.

use std::sync::Arc;

use quidditch_index::{Field, FieldKind};
use tantivy::query::Query;

use super::clause::Clause;
use super::computed;
use super::matched_terms::MatchedTerms;
use super::parser::take_boost;
use super::rewrite::Rewrite;
use super::text_matches::{TermTest, TextMatches};
use crate::Error;
use crate::json::{Fields, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;
use crate::terms::{Expression, MAX_EFFORT, PatternQuery, TermAutomaton, TermMatcher, TooComplex};

pub(super) use crate::terms::LetterCase;

/// A pattern that is compiled when the query is parsed, and the fields that it is searched in.
pub(super) struct TermPattern {
    /// The type of the query, for errors.
    pub(super) query: &'static str,
    pub(super) field: String,
    /// Whether the pattern is valid is only relevant where it is searched.
    pub(super) automaton: Result<Arc<TermAutomaton>, PatternError>,
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
pub(crate) enum PatternError {
    /// A mistake.
    #[error("{what} at position {position}")]
    Syntax {
        /// What the mistake is.
        what: String,
        /// The index of the character.
        position: usize,
    },
    /// Something is missing.
    #[error("unexpected end of the expression")]
    UnexpectedEnd,
    /// More characters than are allowed.
    #[error("the expression has a length of {length}; at most {limit} is allowed")]
    TooLong {
        /// The length in UTF-16 code units.
        length: usize,
        /// The greatest length.
        limit: usize,
    },
    /// The automaton would be too large.
    #[error("the pattern is too complex: {0}")]
    TooComplex(#[from] TooComplex),
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

/// Compiles an expression. What it may cost is `effort`.
pub(super) fn compile(expression: &Expression, effort: usize) -> Result<Arc<TermAutomaton>, PatternError> {
    Ok(Arc::new(TermAutomaton::compile(expression, effort)?))
}

impl TermPattern {
    /// Terms that an expression stands for; `prefix` is what all of them begin with.
    pub(super) fn new(
        query: &'static str,
        field: &str,
        expression: &Expression,
        prefix: String,
        options: PatternOptions,
    ) -> Self {
        TermPattern { query, field: field.to_owned(), automaton: compile(expression, MAX_EFFORT), prefix, options }
    }
}

impl Clause for TermPattern {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if self.query == "regexp" {
            // Clients know this error also where the index does not have the field.
            self.automaton()?;
        }
        let scoring = scoring.boosted(self.options.boost)?;
        let rewrite = self.options.rewrite.as_deref().map_or(Ok(Rewrite::Constant), Rewrite::parse)?;
        if let Some(computed) = planner.computed(&self.field).filter(|_| rewrite == Rewrite::Constant) {
            return computed::matching(computed, self.query, self.automaton()?, scoring);
        }
        if rewrite == Rewrite::Constant {
            let native = self.native(planner)?;
            return Ok(native.map_or_else(Planned::none, |query| Planned::constant(query, scoring.boost())));
        }
        let Some(field) = self.field(planner)? else { return Ok(Planned::none()) };
        rewrite.plan(planner, field, TermMatcher::Pattern(Arc::clone(self.automaton()?)), scoring)
    }

    fn text_matches(&self, _: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        if let Ok(automaton) = &self.automaton {
            matches.test(&self.field, TermTest::Matches(Arc::clone(automaton)));
        }
        Ok(())
    }

    fn term_pattern(&self, planner: &Planner<'_>) -> Result<Option<MatchedTerms>, Error> {
        let rewrite = self.options.rewrite.as_deref().map_or(Ok(Rewrite::Constant), Rewrite::parse)?;
        let matcher = TermMatcher::Pattern(Arc::clone(self.automaton()?));
        MatchedTerms::in_text(planner, &self.field, self.query, matcher, rewrite.most_clauses())
    }

    fn description(&self) -> String {
        format!("{} query on the field {}", self.query, self.field)
    }
}

impl TermPattern {
    /// The pattern as a query whose matches score 1; `None` if the index does not have the field.
    pub(super) fn native(&self, planner: &Planner<'_>) -> Result<Option<Box<dyn Query>>, Error> {
        let Some(field) = self.field(planner)? else { return Ok(None) };
        let automaton = self.automaton()?;
        planner.warmup.pattern(field.tantivy_field(), automaton, &self.prefix);
        Ok(Some(Box::new(PatternQuery::new(field.tantivy_field(), Arc::clone(automaton)))))
    }

    /// # Errors
    /// [`Error::Query`] if the pattern is invalid.
    pub(super) fn automaton(&self) -> Result<&Arc<TermAutomaton>, Error> {
        self.automaton.as_ref().map_err(|error| Error::Query(error.to_string()))
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
