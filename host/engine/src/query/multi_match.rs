//! `{"multi_match": {"query": "some text", "fields": ["title^2", "author.*"]}}`: documents that have a text in one of several fields.

use std::sync::Arc;

use serde_json::Value as Json;

use super::field_boosts::FieldBoosts;
use super::match_phrase::slop;
use super::multi_match_type::{MultiMatchType, TYPES};
use super::text_in_fields::TextInFields;
use super::text_options::{InvalidValues, SynonymWords, TextOptions};
use super::zero_terms::ZERO_TERMS;
use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    const QUERY: &str = "[multi_match] query";
    let mut fields = node.fields()?;
    let query = fields.required("query", QUERY)?;
    let text = query.scalar().map(|_| query.json().clone())?;
    let names = fields.optional("fields", FieldBoosts::parse)?.unwrap_or_else(FieldBoosts::all);
    let multi_match_type = fields.optional("type", |node| TYPES.read(node))?.unwrap_or(MultiMatchType::BestFields);
    let mut options = TextOptions::new("multi_match", multi_match_type.form());
    let fuzziness = fields.take("fuzziness");
    let moved = fields.take("slop");
    options.take_words(&mut fields)?;
    if let Some(node) = fuzziness
        && !multi_match_type.may_be_fuzzy()
    {
        let word = TYPES.word(multi_match_type);
        return Err(node.error(format!("[fuzziness] is not allowed for the type [{word}]")));
    }
    if let Some(node) = moved {
        options.slop = slop(&node)?;
        if options.slop > 0 && multi_match_type == MultiMatchType::BoolPrefix {
            return Err(node.error("[slop] is not allowed for the type [bool_prefix]"));
        }
    }
    if let Some(zero_terms) = fields.optional("zero_terms_query", |node| ZERO_TERMS.read(node))? {
        options.zero_terms = zero_terms;
    }
    let lenient = fields.optional("lenient", InvalidValues::parse)?;
    options.invalid_values =
        lenient.unwrap_or(if names.is_all() { InvalidValues::MatchNothing } else { InvalidValues::Fail });
    let tie_breaker = fields.optional("tie_breaker", Node::float)?;
    let boost = take_boost(&mut fields)?;
    options.synonyms = SynonymWords::take(&mut fields)?;
    fields.finish(QUERY)?;
    Ok(Box::new(MultiMatch { text, names, multi_match_type, options: Arc::new(options), tie_breaker, boost }))
}

struct MultiMatch {
    text: Json,
    names: FieldBoosts,
    multi_match_type: MultiMatchType,
    options: Arc<TextOptions>,
    tie_breaker: Option<f32>,
    boost: f32,
}

impl Clause for MultiMatch {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        self.in_fields(planner).plan(planner, scoring)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.in_fields(planner).text_matches(planner, matches)
    }
}

impl MultiMatch {
    fn in_fields(&self, planner: &Planner<'_>) -> TextInFields {
        TextInFields {
            fields: self.names.resolve(planner),
            text: self.text.clone(),
            multi_match_type: self.multi_match_type,
            options: Arc::clone(&self.options),
            tie_breaker: self.tie_breaker,
            boost: self.boost,
        }
    }
}
