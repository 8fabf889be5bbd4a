//! `{"match": {"field": "some text"}}`: documents that have the terms which the text becomes.

use quidditch_index::{Field, FieldKind, FieldValue};
use serde_json::Value as Json;
use tantivy::query::{BooleanQuery, Occur, Query};

use super::clause::Clause;
use super::minimum_should_match::MinimumShouldMatch;
use super::parser::{Parser, take_boost};
use super::term::Lookup;
use super::zero_terms::{ZERO_TERMS, ZeroTerms};
use crate::Error;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[match] query").map_err(|error| error.of_kind(ErrorKind::Parsing))?;
    let mut clause = MatchText {
        field: field.to_owned(),
        text: Json::Null,
        operator: Operator::Or,
        minimum_should_match: None,
        zero_terms: ZeroTerms::None,
        invalid_values: InvalidValues::Fail,
        boost: 1.0,
    };
    if body.is_object() {
        let mut fields = body.fields()?;
        clause.text = fields.required("query", "[match] query")?.json().clone();
        clause.operator = fields.optional("operator", |node| OPERATORS.read(node))?.unwrap_or(Operator::Or);
        clause.minimum_should_match = fields.optional("minimum_should_match", MinimumShouldMatch::parse)?;
        clause.zero_terms =
            fields.optional("zero_terms_query", |node| ZERO_TERMS.read(node))?.unwrap_or(ZeroTerms::None);
        if fields.optional("lenient", Node::boolean)? == Some(true) {
            clause.invalid_values = InvalidValues::MatchNothing;
        }
        clause.boost = take_boost(&mut fields)?;
        take_inactive_options(&mut fields)?;
        fields.finish("[match] query")?;
    } else {
        clause.text = body.json().clone();
    }
    if !(clause.text.is_string() || clause.text.is_number() || clause.text.is_boolean()) {
        return Err(body.error(format!("[match] query expects a string, number or boolean for [{field}]")));
    }
    Ok(Box::new(clause))
}

/// Options of fuzzy queries and of synonyms, which clients always send. There are neither, so that any valid value changes nothing.
fn take_inactive_options(fields: &mut Fields<'_>) -> Result<(), ParseError> {
    fields.optional("prefix_length", Node::count)?;
    fields.optional("max_expansions", |node| match node.count()? {
        0 => Err(node.mistake(ErrorKind::Argument, "[max_expansions] must be greater than 0")),
        _ => Ok(()),
    })?;
    fields.optional("fuzzy_transpositions", Node::boolean)?;
    fields.optional("fuzzy_rewrite", |node| node.text().map(str::to_owned))?;
    fields.optional("auto_generate_synonyms_phrase_query", Node::boolean)?;
    Ok(())
}

struct MatchText {
    field: String,
    text: Json,
    operator: Operator,
    minimum_should_match: Option<MinimumShouldMatch>,
    zero_terms: ZeroTerms,
    invalid_values: InvalidValues,
    boost: f32,
}

/// Whether all terms must match, or at least one.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Operator {
    And,
    Or,
}

impl Operator {
    /// A query for several terms. No term is optional with `and`, so that nothing matches if a minimum asks for any.
    pub(super) fn combine(self, terms: Vec<Box<dyn Query>>, minimum: Option<&MinimumShouldMatch>) -> Planned {
        let optional = if self == Operator::Or { terms.len() } else { 0 };
        let required = minimum.map_or(0, |minimum| minimum.required(optional));
        if required > optional {
            return Planned::none();
        }
        let occur = if self == Operator::And { Occur::Must } else { Occur::Should };
        let clauses = terms.into_iter().map(|term| (occur, term)).collect();
        Planned::scored(Box::new(match self {
            Operator::And => BooleanQuery::new(clauses),
            Operator::Or => BooleanQuery::with_minimum_required_clauses(clauses, required.max(1)),
        }))
    }
}

pub(super) const OPERATORS: Words<Operator> = Words {
    key: "operator",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("and", Operator::And), ("or", Operator::Or)],
};

/// What happens with a text that the field cannot have as a value, such as a word for a number: `lenient`.
#[derive(Clone, Copy, PartialEq)]
enum InvalidValues {
    Fail,
    MatchNothing,
}

impl Clause for MatchText {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let text_field = planner.field(&self.field).filter(|field| matches!(field.kind(), FieldKind::Text { .. }));
        let Some(field) = text_field else {
            let lookup = match Lookup::new(planner, &self.field, &self.text) {
                Err(Error::Query(_) | Error::Shard { .. }) if self.invalid_values == InvalidValues::MatchNothing => {
                    None
                }
                lookup => lookup?,
            };
            return Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(planner, scoring)));
        };
        let mut terms = self.terms(planner, field, scoring)?;
        planner.expand(terms.len())?;
        if terms.is_empty() {
            return Ok(self.zero_terms.plan(scoring.boost()));
        }
        if terms.len() == 1 {
            return Ok(Planned::scored(terms.remove(0)));
        }
        Ok(self.operator.combine(terms, self.minimum_should_match.as_ref()))
    }
}

impl MatchText {
    fn terms(&self, planner: &Planner<'_>, field: &Field, scoring: Scoring) -> Result<Vec<Box<dyn Query>>, Error> {
        let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
        let terms = planner.snapshot.analyze(field, &text).into_iter().filter_map(|token| {
            let term = field.term(&FieldValue::Text(token.text))?;
            Some(planner.scored_term(field, term, scoring))
        });
        Ok(terms.collect())
    }
}
