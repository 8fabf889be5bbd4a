//! `{"match_phrase": {"field": "some text"}}`: documents that have the terms of a text next to each other, in this order.

use quidditch_index::{Field, FieldKind, FieldValue};
use serde_json::Value as Json;
use tantivy::Term;

use super::clause::Clause;
use super::parser::{Parser, take_boost};
use super::term::Lookup;
use super::zero_terms::{ZERO_TERMS, ZeroTerms};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[match_phrase] query")?;
    let mut clause = MatchPhrase { field: field.to_owned(), text: Json::Null, zero_terms: ZeroTerms::None, boost: 1.0 };
    if body.is_object() {
        let mut fields = body.fields()?;
        let text = fields.required("query", "[match_phrase] query");
        clause.text = text.map_err(|error| error.of_kind(ErrorKind::Argument))?.json().clone();
        if let Some(slop) = fields.take("slop")
            && slop.count()? > 0
        {
            return Err(slop.error("[match_phrase] query does not support [slop] greater than 0"));
        }
        clause.zero_terms =
            fields.optional("zero_terms_query", |node| ZERO_TERMS.read(node))?.unwrap_or(ZeroTerms::None);
        clause.boost = take_boost(&mut fields)?;
        fields.finish("[match_phrase] query")?;
    } else {
        clause.text = body.json().clone();
    }
    if !(clause.text.is_string() || clause.text.is_number() || clause.text.is_boolean()) {
        return Err(body.error(format!("[match_phrase] query expects a string, number or boolean for [{field}]")));
    }
    Ok(Box::new(clause))
}

struct MatchPhrase {
    field: String,
    text: Json,
    zero_terms: ZeroTerms,
    boost: f32,
}

impl Clause for MatchPhrase {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let text_field = planner.field(&self.field).filter(|field| matches!(field.kind(), FieldKind::Text { .. }));
        let Some(field) = text_field else {
            let lookup = Lookup::new(planner, &self.field, &self.text)?;
            return Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(planner, scoring)));
        };
        let mut terms = self.terms(planner, field)?;
        planner.expand(terms.len())?;
        Ok(match terms.len() {
            0 => self.zero_terms.plan(scoring.boost()),
            1 => {
                let (_, term) = terms.remove(0);
                Planned::scored(planner.scored_term(field, term, scoring))
            }
            _ => Planned::scored(planner.scored_phrase(field, terms, scoring)),
        })
    }
}

impl MatchPhrase {
    /// The terms with their positions. Words that the analyzer removes leave gaps, in which any word matches.
    fn terms(&self, planner: &Planner<'_>, field: &Field) -> Result<Vec<(usize, Term)>, Error> {
        let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
        let tokens = planner.snapshot.analyze(field, &text).into_iter();
        Ok(tokens.filter_map(|token| Some((token.position, field.term(&FieldValue::Text(token.text))?))).collect())
    }
}
