//! `{"match_bool_prefix": {"field": "some te"}}`: documents that have the terms of a text, the last of which may be the start of a
//! term: search as you type.

use quidditch_index::{FieldKind, FieldValue};
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, Query};

use super::clause::Clause;
use super::match_text::{OPERATORS, Operator};
use super::minimum_should_match::MinimumShouldMatch;
use super::parser::{Parser, take_boost};
use super::prefix;
use super::term_pattern::{LetterCase, pattern_text};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    const QUERY: &str = "[match_bool_prefix] query";
    let (field, body) = node.only_entry(QUERY)?;
    let field = field.to_owned();
    if !body.is_object() {
        let text = pattern_text(&body, QUERY)?;
        let operator = Operator::Or;
        return Ok(Box::new(MatchBoolPrefix { field, text, operator, minimum_should_match: None, boost: 1.0 }));
    }
    let mut fields = body.fields()?;
    let query = fields.required("query", QUERY).map_err(|error| error.of_kind(ErrorKind::Argument))?;
    let text = pattern_text(&query, QUERY)?;
    let operator = fields.optional("operator", |node| OPERATORS.read(node))?.unwrap_or(Operator::Or);
    let minimum_should_match = fields.optional("minimum_should_match", MinimumShouldMatch::parse)?;
    let boost = take_boost(&mut fields)?;
    fields.finish(QUERY)?;
    Ok(Box::new(MatchBoolPrefix { field, text, operator, minimum_should_match, boost }))
}

struct MatchBoolPrefix {
    field: String,
    text: String,
    operator: Operator,
    minimum_should_match: Option<MinimumShouldMatch>,
    boost: f32,
}

impl Clause for MatchBoolPrefix {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let prefix_of = |text: &str| prefix::pattern(&self.field, text, LetterCase::Sensitive, 1.0);
        let text_field = planner.field(&self.field).filter(|field| matches!(field.kind(), FieldKind::Text { .. }));
        let Some(field) = text_field else { return prefix_of(&self.text).plan(planner, scoring) };
        let mut tokens = planner.snapshot.analyze(field, &self.text);
        planner.expand(tokens.len())?;
        let Some(last) = tokens.pop() else { return Ok(Planned::none()) };
        if tokens.is_empty() {
            return prefix_of(&last.text).plan(planner, scoring);
        }
        let occur = if self.operator == Operator::And { Occur::Must } else { Occur::Should };
        let mut queries: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for token in tokens {
            if let Some(term) = field.term(&FieldValue::Text(token.text)) {
                queries.push((occur, planner.scored_term(field, term, scoring)));
            }
        }
        if let Some(prefix) = prefix_of(&last.text).native(planner)? {
            queries.push((occur, Box::new(ConstScoreQuery::new(prefix, scoring.boost()))));
        }
        let query = match (&self.minimum_should_match, self.operator) {
            (Some(minimum), Operator::Or) => {
                let required = minimum.required(queries.len()).max(1);
                if required > queries.len() {
                    return Ok(Planned::none());
                }
                BooleanQuery::with_minimum_required_clauses(queries, required)
            }
            _ => BooleanQuery::new(queries),
        };
        Ok(Planned::scored(Box::new(query)))
    }
}
