//! Documents that have a term which matches a pattern: what `prefix`, `wildcard` and `regexp` have in common.

use std::sync::Arc;

use quidditch_index::format::IGNORED_TERM;
use quidditch_index::{Field, FieldKind, KeywordOptions, TextForm};
use tantivy::query::Query;
use tantivy::{Term, schema};

use super::computed;
use super::metadata_field::MetadataField;
use super::rewrite::Rewrite;
use super::word_sequences::{beginnings, is_beginning};
use crate::Error;
use crate::clause::{Clause, MatchedTerms, TermTest, TextMatches};
use crate::json::{Fields, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::request::take_boost;
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
    /// Makes the pattern for a field with a normalizer; `None` if the texts of the pattern are normalized.
    pub(super) normalize: Option<Normalize>,
}

/// Makes a pattern whose texts a normalizer has changed.
pub(super) type Normalize = Box<dyn Fn(&KeywordOptions) -> TermPattern + Send + Sync>;

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
        let automaton = compile(expression, MAX_EFFORT);
        TermPattern { query, field: field.to_owned(), automaton, prefix, options, normalize: None }
    }

    /// The pattern, if its field has a normalizer.
    fn normalized(&self, planner: &Planner<'_>) -> Option<TermPattern> {
        if planner.computed(&self.field).is_some() {
            return None;
        }
        let FieldKind::Keyword(options) = planner.field(&self.field)?.kind() else { return None };
        options.normalizer.as_ref()?;
        Some(self.normalize.as_ref()?(options))
    }
}

impl Clause for TermPattern {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if let Some(normalized) = self.normalized(planner) {
            return normalized.plan(planner, scoring);
        }
        if self.query == "regexp" {
            // Clients know this error also where the index does not have the field.
            self.automaton()?;
        }
        let scoring = scoring.boosted(self.options.boost)?;
        if let Some(field) = MetadataField::find(&self.field) {
            return self.plan_metadata(planner, field, scoring);
        }
        let rewrite = self.options.rewrite.as_deref().map_or(Ok(Rewrite::Constant), Rewrite::parse)?;
        if let Some(computed) = planner.computed(&self.field).filter(|_| rewrite == Rewrite::Constant) {
            return computed::matching(computed, self.query, self.automaton()?, scoring);
        }
        let is_beginning = self.field(planner)?.is_some_and(|field| self.indexed_beginning(field).is_some());
        let is_flat = self.field(planner)?.is_some_and(|field| *field.kind() == FieldKind::FlatObject);
        if (rewrite == Rewrite::Constant || is_flat) && !is_beginning {
            let native = self.native(planner)?;
            return Ok(native.map_or_else(Planned::none, |query| Planned::constant(query, scoring.boost())));
        }
        let Some(field) = self.field(planner)? else { return Ok(Planned::none()) };
        if let Some(term) = self.indexed_beginning(field) {
            return Ok(Planned::scored(planner.scored_term(field, term, scoring)));
        }
        rewrite.plan(planner, field, TermMatcher::Pattern(Arc::clone(self.automaton()?)), scoring)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        if let Some(normalized) = self.normalized(planner) {
            return normalized.text_matches(planner, matches);
        }
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
    /// The pattern for a field that no mapping has.
    fn plan_metadata(&self, planner: &Planner<'_>, field: MetadataField, scoring: Scoring) -> Result<Planned, Error> {
        match field {
            MetadataField::Absent => Ok(Planned::none()),
            MetadataField::Index if self.query != "regexp" => {
                let is_named_so = self.automaton()?.accepts(planner.snapshot.name());
                Ok(if is_named_so { Planned::all(scoring.boost()) } else { Planned::none() })
            }
            MetadataField::Ignored => {
                let names = planner.snapshot.field_names_field();
                Ok(Planned::constant(self.behind(planner, names, IGNORED_TERM)?, scoring.boost()))
            }
            MetadataField::Id | MetadataField::Index | MetadataField::Numbered | MetadataField::Unsearchable => {
                Err(self.refused(&self.field))
            }
        }
    }

    /// Documents with a term that is `prefix` and a text which matches the pattern.
    fn behind(&self, planner: &Planner<'_>, field: schema::Field, prefix: &str) -> Result<Box<dyn Query>, Error> {
        let automaton = Arc::new(self.automaton()?.behind(prefix));
        planner.warmup.pattern(field, &automaton, &format!("{prefix}{}", self.prefix));
        Ok(Box::new(PatternQuery::new(field, automaton)))
    }

    /// The prefix as a term of a field whose terms are all beginnings.
    fn indexed_beginning(&self, field: &Field) -> Option<Term> {
        let is_indexed = self.field == field.name()
            && field.text_form() == Some(TextForm::Beginnings)
            && self.query == "prefix"
            && is_beginning(&self.prefix);
        is_indexed.then(|| Term::from_field_text(field.tantivy_field(), &self.prefix))
    }

    /// The error that the terms of a field cannot be looked up by a pattern.
    fn refused(&self, kind: &str) -> Error {
        let TermPattern { query, field, .. } = self;
        Error::Query(format!(
            "Can only use {query} queries on keyword and text fields - not on [{field}] which is of type [{kind}]"
        ))
    }

    /// The pattern as a query whose matches score 1; `None` if the index does not have the field.
    pub(super) fn native(&self, planner: &Planner<'_>) -> Result<Option<Box<dyn Query>>, Error> {
        let Some(field) = self.field(planner)? else { return Ok(None) };
        if *field.kind() == FieldKind::FlatObject {
            return self.behind(planner, field.tantivy_field(), &field.flat_prefix(&self.field)).map(Some);
        }
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
        if MetadataField::find(&self.field).is_some_and(|field| field != MetadataField::Absent) {
            return Err(self.refused(&self.field));
        }
        let has_terms = |field: &Field| {
            matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. } | FieldKind::FlatObject)
                && field.completion_options().is_none()
        };
        match planner.field(&self.field) {
            Some(field) if !has_terms(field) => Err(self.refused(field.kind().type_name())),
            // The beginnings are those of sequences of words, too.
            Some(field) if self.query == "prefix" && is_beginning(&self.prefix) => {
                Ok(Some(beginnings(planner, field).unwrap_or(field)))
            }
            field => Ok(field),
        }
    }
}
