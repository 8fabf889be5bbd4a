//! `{"terms_set": {"field": {"terms": ["a", "b", "c"], "minimum_should_match_field": "n"}}}`: documents that have at least as many of
//! these terms as another of their fields says.

use quidditch_expression::ValuesOf;
use quidditch_function::Role;
use serde_json::Value as Json;

use super::term::{Lookup, add_text_match, may_match};
use super::term_set::TermSet;
use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::columns::ColumnSource;
use crate::functions::{CalledFunction, FunctionCall, OnError, ValuesFor, parse_script_source};
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, field_name, take_boost};
use crate::scores::Scoring;
use crate::stages::MinimumMatch;

const QUERY: &str = "[terms_set] query";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
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
    let minimum = match (minimum_field, fields.take("minimum_should_match_script")) {
        (Some(_), Some(script)) => {
            return Err(script.mistake(
                ErrorKind::Argument,
                "[minimum_should_match_script] cannot be used together with [minimum_should_match_field]",
            ));
        }
        (None, Some(script)) if !script.is_object() => {
            return Err(script.error("[minimum_should_match_script] must be an object with a [source] or an [id]"));
        }
        (None, Some(script)) => Minimum::Script(parse_script(&script, terms.len(), parser)?),
        (Some(field), None) => Minimum::Field(field),
        (None, None) => Minimum::Unknown,
    };
    let boost = take_boost(&mut fields)?;
    fields.finish(QUERY)?;
    Ok(Box::new(TermsSet { field, terms, minimum, boost }))
}

/// Parses a script, which knows the number of terms.
fn parse_script(node: &Node<'_>, terms: usize, parser: &mut Parser<'_>) -> Result<usize, ParseError> {
    let (function, mut parameters) = parse_script_source(node)?;
    if !matches!(function, CalledFunction::Published { .. }) {
        parameters.insert("num_terms".to_owned(), terms.into());
    }
    let values = Some(ValuesFor::Known(ValuesOf::Minimum));
    let (role, on_error) = (Role::Values, OnError::Fail);
    parser.call(
        node,
        FunctionCall { function, parameters, role, values, on_error, inputs: Vec::new(), path: node.path() },
    )
}

struct TermsSet {
    field: String,
    terms: Vec<Json>,
    minimum: Minimum,
    boost: f32,
}

/// Where the number of terms is that a document must have.
enum Minimum {
    /// In a field of numbers.
    Field(String),
    /// The call of this number computes it.
    Script(usize),
    Unknown,
}

impl Clause for TermsSet {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        if self.terms.is_empty() {
            return Ok(Planned::none());
        }
        let scoring = scoring.boosted(self.boost)?;
        planner.expand(self.terms.len())?;
        let minimum = self.minimum(planner)?;
        let mut clauses = Vec::with_capacity(self.terms.len());
        let mut terms = Vec::new();
        let mut has_other_lookups = false;
        for value in &self.terms {
            let Some(lookup) = Lookup::new(planner, &self.field, value)? else { continue };
            match &lookup {
                Lookup::Text(_, term) | Lookup::Boolean(_, term) | Lookup::Exact(term) => terms.push(term.clone()),
                Lookup::AllDocuments | Lookup::Number(..) | Lookup::Between(_) | Lookup::Ranges(_) => {
                    has_other_lookups = true;
                }
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

impl TermsSet {
    fn minimum(&self, planner: &Planner<'_>) -> Result<ColumnSource, Error> {
        match &self.minimum {
            Minimum::Unknown => {
                let keys = "[minimum_should_match_field] or [minimum_should_match_script]";
                Err(Error::Query(format!("[terms_set] query requires {keys}")))
            }
            Minimum::Field(name) => {
                if planner.computed(name).is_none() && planner.field(name).is_none() {
                    return Err(Error::Query(format!("failed to find minimum_should_match field [{name}]")));
                }
                Ok(planner.numbers(name)?)
            }
            Minimum::Script(call) => {
                let computed = planner.call_values(*call);
                planner.computed_floats(&computed).ok_or_else(|| {
                    let kind = computed.column.kind().name();
                    let reason =
                        format!("[minimum_should_match_script] is a function that computes {kind}, not numbers");
                    Error::shard_argument(reason)
                })
            }
        }
    }
}
