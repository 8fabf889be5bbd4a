//! Documents that have a term which matches a pattern: what `prefix`, `wildcard` and `regexp` have in common.

use std::sync::Arc;

use quidditch_index::format::IGNORED_TERM;
use quidditch_index::{Field, FieldKind, TextForm};
use tantivy::Term;
use tantivy::query::{Query, RegexQuery};
use tantivy_fst::Regex;

use super::clause::Clause;
use super::metadata_field::MetadataField;
use super::parser::take_boost;
use super::rewrite::Rewrite;
use super::text_matches::{TermTest, TextMatches, accepts};
use super::word_sequences::{beginnings, is_beginning};
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
    pub(super) regex: Result<CompiledPattern, PatternError>,
    /// What all terms begin with that match, as far as it is known.
    pub(super) prefix: String,
    pub(super) options: PatternOptions,
}

/// A pattern as an automaton.
pub(super) struct CompiledPattern {
    pub(super) regex: Arc<Regex>,
    /// As it was compiled.
    source: String,
}

impl CompiledPattern {
    /// The same behind a text that all terms begin with.
    fn behind(&self, text: &str) -> Result<Arc<Regex>, PatternError> {
        let mut source = "(?s)".to_owned();
        push_escaped(&mut source, text);
        let regex = Regex::new(&format!("{source}(?:{})", self.source));
        regex.map(Arc::new).map_err(|error| PatternError::TooComplex(error.to_string()))
    }
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
pub(super) fn compile(pattern: &str, case: LetterCase) -> Result<CompiledPattern, PatternError> {
    let flags = if case == LetterCase::Insensitive { "si" } else { "s" };
    let source = format!("(?{flags}){pattern}");
    match Regex::new(&source) {
        Ok(regex) => Ok(CompiledPattern { regex: Arc::new(regex), source }),
        Err(error) => Err(PatternError::TooComplex(error.to_string())),
    }
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
        if let Some(field) = MetadataField::find(&self.field) {
            return self.plan_metadata(planner, field, scoring);
        }
        let rewrite = self.options.rewrite.as_deref().map_or(Ok(Rewrite::Constant), Rewrite::parse)?;
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
        rewrite.plan(planner, field, TermMatcher::Pattern(Arc::clone(&self.pattern()?.regex)), scoring)
    }

    fn text_matches(&self, _: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        if let Ok(pattern) = &self.regex {
            matches.test(&self.field, TermTest::Matches(Arc::clone(&pattern.regex)));
        }
        Ok(())
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
                let is_named_so = accepts(&self.pattern()?.regex, planner.snapshot.name());
                Ok(if is_named_so { Planned::all(scoring.boost()) } else { Planned::none() })
            }
            MetadataField::Ignored => {
                let regex = self.pattern()?.behind(IGNORED_TERM);
                let regex = regex.map_err(|error| Error::Query(error.to_string()))?;
                let names = planner.snapshot.field_names_field();
                planner.warmup.pattern(names, &regex, &format!("{IGNORED_TERM}{}", self.prefix));
                Ok(Planned::constant(Box::new(RegexQuery::from_regex(regex, names)), scoring.boost()))
            }
            MetadataField::Id | MetadataField::Index | MetadataField::Numbered | MetadataField::Unsearchable => {
                Err(self.refused(&self.field))
            }
        }
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
        let pattern = self.pattern()?;
        let (regex, prefix) = if *field.kind() == FieldKind::FlatObject {
            let behind = field.flat_prefix(&self.field);
            let regex = pattern.behind(&behind).map_err(|error| Error::Query(error.to_string()))?;
            (regex, behind + &self.prefix)
        } else {
            (Arc::clone(&pattern.regex), self.prefix.clone())
        };
        planner.warmup.pattern(field.tantivy_field(), &regex, &prefix);
        Ok(Some(Box::new(RegexQuery::from_regex(regex, field.tantivy_field()))))
    }

    /// The prefix as a term of a field whose terms are all beginnings.
    fn indexed_beginning(&self, field: &Field) -> Option<Term> {
        let is_indexed = self.field == field.name()
            && field.text_form() == Some(TextForm::Beginnings)
            && self.query == "prefix"
            && is_beginning(&self.prefix);
        is_indexed.then(|| Term::from_field_text(field.tantivy_field(), &self.prefix))
    }

    fn pattern(&self) -> Result<&CompiledPattern, Error> {
        self.regex.as_ref().map_err(|error| Error::Query(error.to_string()))
    }

    fn field<'p>(&self, planner: &'p Planner<'_>) -> Result<Option<&'p Field>, Error> {
        if MetadataField::find(&self.field).is_some_and(|field| field != MetadataField::Absent) {
            return Err(self.refused(&self.field));
        }
        match planner.field(&self.field) {
            Some(field)
                if !matches!(
                    field.kind(),
                    FieldKind::Text { .. } | FieldKind::Keyword { .. } | FieldKind::FlatObject
                ) =>
            {
                Err(self.refused(field.kind().type_name()))
            }
            Some(field) if field.completion_options().is_some() => Err(self.refused(field.kind().type_name())),
            // The beginnings are those of sequences of words, too.
            Some(field) if self.query == "prefix" && is_beginning(&self.prefix) => {
                Ok(Some(beginnings(planner, field).unwrap_or(field)))
            }
            field => Ok(field),
        }
    }
}
