//! `{"terms_set": {"field": {"terms": ["a", "b", "c"], "minimum_should_match_field": "n"}}}`: documents that have at least as many of
//! these terms as another of their fields says.

use serde_json::Value as Json;

use super::clause::Clause;
use super::parser::{Parser, field_name, take_boost};
use super::term::{Lookup, add_text_match, may_match};
use super::term_set::TermSet;
use super::text_matches::TextMatches;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scoring;
use crate::stages::MinimumMatch;

const QUERY: &str = "[terms_set] query";

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry(QUERY)?;
    let field = field_name(field, node)?.to_owned();
    let mut fields = body.fields()?;
    let mut terms = Vec::new();
    if let Some(list) = fields.take("terms") {
        for item in list.list()? {
            item.scalar()?;
            terms.push(item.json().clone());
        }
    }
    let minimum_field =
        fields.optional("minimum_should_match_field", |node| node.scalar().map(|name| name.into_owned()))?;
    if let Some(script) = fields.take("minimum_should_match_script") {
        return Err(match minimum_field {
            Some(_) => script.mistake(
                ErrorKind::Argument,
                "[minimum_should_match_script] cannot be used together with [minimum_should_match_field]",
            ),
            None => script.error("[terms_set] query does not support [minimum_should_match_script]"),
        });
    }
    let boost = take_boost(&mut fields)?;
    fields.finish(QUERY)?;
    Ok(Box::new(TermsSet { field, terms, minimum_field, boost }))
}

struct TermsSet {
    field: String,
    terms: Vec<Json>,
    /// Of numbers.
    minimum_field: Option<String>,
    boost: f32,
}

impl Clause for TermsSet {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if self.terms.is_empty() {
            return Ok(Planned::none());
        }
        let scoring = scoring.boosted(self.boost)?;
        planner.expand(self.terms.len())?;
        let Some(minimum_field) = &self.minimum_field else {
            return Err(Error::Query("[terms_set] query requires [minimum_should_match_field]".to_owned()));
        };
        if planner.field(minimum_field).is_none() {
            return Err(Error::Query(format!("failed to find minimum_should_match field [{minimum_field}]")));
        }
        let minimum = planner.numbers(minimum_field)?;
        let mut clauses = Vec::with_capacity(self.terms.len());
        let mut terms = Vec::new();
        let mut has_other_lookups = false;
        for value in &self.terms {
            let Some(lookup) = Lookup::new(planner, &self.field, value)? else { continue };
            match &lookup {
                Lookup::Text(_, term) | Lookup::Boolean(_, term) | Lookup::Exact(term) => terms.push(term.clone()),
                Lookup::AllDocuments | Lookup::Dates(_) | Lookup::Ranges(_) => has_other_lookups = true,
            }
            clauses.push(lookup.plan(planner, scoring).into_pipeline(planner, scoring.scores)?);
        }
        if clauses.is_empty() {
            return Ok(Planned::none());
        }
        let stage = Box::new(MinimumMatch { clauses, minimum });
        if has_other_lookups {
            return Ok(Planned::stage(stage, 0.0));
        }
        let candidates = Planned::constant(Box::new(TermSet::new(terms)), 0.0);
        Ok(Planned { stages: vec![stage], ..candidates })
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.terms.iter().any(|value| may_match(pruner, &self.field, value))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.terms.iter().for_each(|value| add_text_match(planner, &self.field, value, matches));
        Ok(())
    }
}
