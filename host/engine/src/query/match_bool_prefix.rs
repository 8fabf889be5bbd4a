//! `{"match_bool_prefix": {"field": "some te"}}`: documents that have the terms of a text, the last of which may be the start of a
//! term: search as you type.

use quidditch_index::{FieldKind, FieldValue};
use tantivy::query::{ConstScoreQuery, Query};

use super::clause::Clause;
use super::match_text::{OPERATORS, Operator};
use super::minimum_should_match::MinimumShouldMatch;
use super::parser::{Parser, take_boost};
use super::prefix;
use super::term_pattern::LetterCase;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    const QUERY: &str = "[match_bool_prefix] query";
    let (field, body) = node.only_entry(QUERY)?;
    let field = field.to_owned();
    if !body.is_object() {
        let text = body.scalar()?.into_owned();
        let operator = Operator::Or;
        return Ok(Box::new(MatchBoolPrefix { field, text, operator, minimum_should_match: None, boost: 1.0 }));
    }
    let mut fields = body.fields()?;
    let query = fields.required("query", QUERY).map_err(|error| error.of_kind(ErrorKind::Argument))?;
    let text = query.scalar()?.into_owned();
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
        let terms = tokens.into_iter().filter_map(|token| field.term(&FieldValue::Text(token.text)));
        let mut queries: Vec<Box<dyn Query>> = terms.map(|term| planner.scored_term(field, term, scoring)).collect();
        if let Some(prefix) = prefix_of(&last.text).native(planner)? {
            queries.push(Box::new(ConstScoreQuery::new(prefix, scoring.boost())));
        }
        Ok(self.operator.combine(queries, self.minimum_should_match.as_ref()))
    }
}
