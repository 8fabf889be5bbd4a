//! `{"fuzzy": {"field": "valeu"}}`: documents that have a term which is similar to a text.

use std::sync::Arc;

use quidditch_index::FieldKind;
use serde_json::Value as Json;

use super::fuzziness::{Fuzziness, FuzzyOptions, transpositions};
use super::metadata_field::MetadataField;
use super::rewrite::{Rewrite, plan_fuzzy};
use super::term::text_of;
use super::text_options::not_fuzzy;
use crate::Error;
use crate::clause::{Clause, MatchedTerms, TermTest, TextMatches};
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;
use crate::terms::{TermMatcher, Transpositions};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[fuzzy] query")?;
    let field = field.to_owned();
    if !body.is_object() {
        return Ok(Box::new(Fuzzy { field, text: text(&body)?, ..Fuzzy::default() }));
    }
    let mut fields = body.fields()?;
    let text = text(&fields.required_or(ErrorKind::Argument, "value", "[fuzzy] query")?)?;
    let mut clause = Fuzzy { field, text, ..Fuzzy::default() };
    clause.take_options(&mut fields)?;
    clause.boost = take_boost(&mut fields)?;
    fields.finish("[fuzzy] query")?;
    Ok(Box::new(clause))
}

fn text(node: &Node<'_>) -> Result<Json, ParseError> {
    node.scalar().map(|_| node.json().clone())
}

/// Documents that have a term which is similar to a text.
pub(super) struct Fuzzy {
    pub(super) field: String,
    pub(super) text: Json,
    pub(super) fuzziness: Fuzziness,
    /// Whether this and the next are valid is only relevant if the index has the field.
    pub(super) prefix_length: i32,
    pub(super) max_expansions: i32,
    pub(super) transpositions: Transpositions,
    pub(super) rewrite: Option<String>,
    pub(super) boost: f32,
}

impl Default for Fuzzy {
    fn default() -> Self {
        Fuzzy {
            field: String::new(),
            text: Json::Null,
            fuzziness: Fuzziness::AUTO,
            prefix_length: 0,
            max_expansions: 50,
            transpositions: Transpositions::OneEdit,
            rewrite: None,
            boost: 1.0,
        }
    }
}

impl Fuzzy {
    fn take_options(&mut self, fields: &mut Fields<'_>) -> Result<(), ParseError> {
        if let Some(fuzziness) = fields.optional("fuzziness", Fuzziness::parse)? {
            self.fuzziness = fuzziness;
        }
        if let Some(length) = fields.optional("prefix_length", Node::integer)? {
            self.prefix_length = length;
        }
        if let Some(count) = fields.optional("max_expansions", Node::integer)? {
            self.max_expansions = count;
        }
        if let Some(transpositions) = fields.optional("transpositions", transpositions)? {
            self.transpositions = transpositions;
        }
        self.rewrite = fields.optional("rewrite", |node| node.text().map(str::to_owned))?;
        Ok(())
    }

    fn options(&self) -> Result<FuzzyOptions, Error> {
        let Ok(prefix_length) = usize::try_from(self.prefix_length) else {
            return Err(Error::Query(format!("[prefix_length] must not be negative, got [{}]", self.prefix_length)));
        };
        match usize::try_from(self.max_expansions) {
            Ok(max_expansions @ 1..) => {
                Ok(FuzzyOptions { prefix_length, max_expansions, transpositions: self.transpositions })
            }
            _ => Err(Error::Query(format!("[max_expansions] must be greater than 0, got [{}]", self.max_expansions))),
        }
    }
}

impl Clause for Fuzzy {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let Some(field) = planner.field(&self.field) else {
            return match MetadataField::find(&self.field) {
                Some(_) => Err(not_fuzzy(&self.field, &self.field)),
                None => Ok(Planned::none()),
            };
        };
        let has_words = matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. });
        if !has_words || field.completion_options().is_some() {
            return Err(not_fuzzy(&self.field, field.kind().type_name()));
        }
        let options = self.options()?;
        let rewrite = self.rewrite.as_deref().map_or(Ok(options.rewrite()), Rewrite::parse)?;
        let text = field.normalized_text(&self.text).map_err(|error| Planner::value_error(&error))?;
        plan_fuzzy(planner, field, options.term(&text, self.fuzziness), rewrite, scoring.boosted(self.boost)?)
    }

    fn term_pattern(&self, planner: &Planner<'_>) -> Result<Option<MatchedTerms>, Error> {
        let options = self.options()?;
        let rewrite = self.rewrite.as_deref().map_or(Ok(options.rewrite()), Rewrite::parse)?;
        let text = text_of(&self.text);
        let matcher = TermMatcher::Fuzzy(Arc::new(options.term(&text, self.fuzziness)));
        MatchedTerms::in_text(planner, &self.field, "fuzzy", matcher, rewrite.most_clauses())
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        let Some(field) = planner.field(&self.field) else { return Ok(()) };
        if let (Ok(options), Ok(text)) = (self.options(), field.normalized_text(&self.text)) {
            let similar = options.term(&text, self.fuzziness);
            matches.test(&self.field, TermTest::Passes(Arc::new(move |term| similar.similarity(term).is_some())));
        }
        Ok(())
    }
}
