//! `{"term": {"field": "value"}}`: documents that have exactly this value.

use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{RangeQuery, TermQuery};
use tantivy::schema::IndexRecordOption;

use quidditch_index::{FieldKind, FieldValue, RangeEdge, RangeOptions};

use super::clause::Clause;
use super::parser::{Parser, take_boost};
use super::range;
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scores;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (field, body) = node.only_entry("[term] query")?;
    let (value, boost) = if body.is_object() {
        let mut fields = body.fields()?;
        let value = fields.required("value", "[term] query")?.json().clone();
        let boost = take_boost(&mut fields)?;
        fields.finish("[term] query")?;
        (value, boost)
    } else {
        (body.json().clone(), 1.0)
    };
    if !is_scalar(&value) {
        return Err(body.error(format!("[term] query accepts one value for [{field}], use [terms] for several")));
    }
    Ok(Box::new(TermClause { field: field.to_owned(), value, boost }))
}

fn is_scalar(value: &Json) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

struct TermClause {
    field: String,
    value: Json,
    boost: f32,
}

impl Clause for TermClause {
    fn plan(&self, planner: &Planner<'_>, _: Scores) -> Result<Planned, Error> {
        Ok(Lookup::new(planner, &self.field, &self.value)?.map_or_else(Planned::none, |lookup| lookup.plan(self.boost)))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        pruner.may_have_value(&self.field, &self.value)
    }
}

/// What a value is in the index.
pub(super) enum Lookup {
    /// A text: its rarity counts.
    Text(Term),
    /// A number, a boolean, an id: all score the same.
    Exact(Term),
    /// A date, which may be written as a whole day or year.
    Dates(RangeQuery),
}

impl Lookup {
    /// What to look for; `None` where no document can have the value.
    pub(super) fn new(planner: &Planner<'_>, field_name: &str, json: &Json) -> Result<Option<Self>, Error> {
        if field_name == "_id" {
            let id = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            return Ok(Some(Lookup::Exact(Term::from_field_text(planner.snapshot.id_field(), &id))));
        }
        let Some(field) = planner.field(field_name) else { return Ok(None) };
        match field.kind() {
            FieldKind::GeoPoint => {
                Err(Error::Query(format!("field [{field_name}] is a geo_point, use a [geo_distance] query")))
            }
            FieldKind::Date { .. } => {
                let options = RangeOptions { now_millis: planner.now_millis, ..RangeOptions::default() };
                let lower = range::bound(field, Some(&(RangeEdge::GreaterOrEqual, json.clone())), &options)?;
                let upper = range::bound(field, Some(&(RangeEdge::LessOrEqual, json.clone())), &options)?;
                planner.will_read_column(field);
                Ok(Some(Lookup::Dates(RangeQuery::new(range::terms(field, lower), range::terms(field, upper)))))
            }
            _ => {
                let value =
                    field.query_value(json, planner.now_millis).map_err(|error| Planner::value_error(&error))?;
                Ok(value.and_then(|value| {
                    let term = field.term(&value)?;
                    Some(if matches!(value, FieldValue::Text(_)) { Lookup::Text(term) } else { Lookup::Exact(term) })
                }))
            }
        }
    }

    pub(super) fn plan(self, boost: f32) -> Planned {
        match self {
            Lookup::Text(term) => Planned::scored(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), boost),
            Lookup::Exact(term) => Planned::constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), boost),
            Lookup::Dates(range) => Planned::constant(Box::new(range), boost),
        }
    }
}
