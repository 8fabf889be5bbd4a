//! `{"terms": {"field": ["a", "b"]}}`: documents that have at least one of these values. All score the same, except that one boolean alone
//! scores as a `term` query for it.

use serde_json::Value as Json;
use tantivy::query::{BooleanQuery, Query};

use super::clause::Clause;
use super::computed;
use super::parser::{Parser, field_name, take_boost};
use super::term::{Lookup, add_text_match, may_match, text_of};
use super::term_set::TermSet;
use super::text_matches::TextMatches;
use crate::Error;
use crate::json::{Case, ErrorKind, Node, ParseError, Words};
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let boost = take_boost(&mut fields)?;
    if let Some(value_type) = fields.take("value_type") {
        VALUE_TYPES.read(&value_type)?;
    }
    let mut entries = fields.rest();
    let Some((field, list)) = entries.next() else { return Err(node.error("[terms] query requires a field")) };
    if let Some((other, node)) = entries.next() {
        return Err(node.error(format!("[terms] query accepts one field, found [{field}] and [{other}]")));
    }
    let field = field_name(field, node)?.to_owned();
    let mut values = Vec::new();
    for item in list.list()? {
        if item.json().is_object() || item.json().is_array() || item.json().is_null() {
            return Err(item.error("[terms] query accepts strings, numbers and booleans"));
        }
        values.push(item.json().clone());
    }
    if values.len() > parser.limits.max_terms {
        let limit = parser.limits.max_terms;
        let reason = format!("[terms] query has {} values; at most {limit} are allowed", values.len());
        return Err(list.mistake(ErrorKind::Query, reason));
    }
    Ok(Box::new(Terms { field, values, boost }))
}

/// How the values are written.
const VALUE_TYPES: Words<()> =
    Words { key: "value_type", case: Case::Any, error: ErrorKind::Argument, words: &[("default", ())] };

struct Terms {
    field: String,
    values: Vec<Json>,
    boost: f32,
}

impl Clause for Terms {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        if let Some(field) = planner.computed(&self.field) {
            return computed::one_of(planner, field, &self.values, scoring);
        }
        let mut terms = Vec::with_capacity(self.values.len());
        let mut booleans = Vec::new();
        let mut alternatives: Vec<Box<dyn Query>> = Vec::new();
        for value in &self.values {
            match Lookup::new(planner, &self.field, value)? {
                Some(Lookup::Text(_, term) | Lookup::Exact(term)) => terms.push(term),
                Some(Lookup::Boolean(field, term)) => booleans.push((field, term)),
                Some(Lookup::Dates(range)) => alternatives.push(Box::new(range)),
                Some(Lookup::Ranges(related)) => alternatives.push(Box::new(related)),
                Some(Lookup::AllDocuments) => return Ok(Planned::all(scoring.boost())),
                None => {}
            }
        }
        planner.expand(alternatives.len())?;
        booleans.dedup_by(|(_, one), (_, other)| one == other);
        if let [(field, term)] = &booleans[..] {
            // One boolean alone scores as a `term` query for it.
            return Ok(Planned::scored(planner.scored_term(field, term.clone(), scoring)));
        }
        terms.extend(booleans.into_iter().map(|(_, term)| term));
        if !terms.is_empty() {
            alternatives.push(Box::new(TermSet::new(terms)));
        }
        let query: Box<dyn Query> = match alternatives.len() {
            0 => return Ok(Planned::none()),
            1 => alternatives.remove(0),
            _ => Box::new(BooleanQuery::union(alternatives)),
        };
        Ok(Planned::constant(query, scoring.boost()))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.values.iter().any(|value| may_match(pruner, &self.field, value))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.values.iter().for_each(|value| add_text_match(planner, &self.field, value, matches));
        Ok(())
    }

    fn description(&self) -> String {
        // A long list explains nothing.
        let shown: Vec<String> = self.values.iter().take(10).map(text_of).collect();
        let more = if self.values.len() > shown.len() { " ..." } else { "" };
        format!("{}:({}{more})", self.field, shown.join(" "))
    }
}
