//! Queries for the values of fields that the request computes. The matches of each score the same.

use std::ops::Bound;
use std::sync::Arc;

use quidditch_index::{Field, FieldKind, FieldValue, RangeEdge, RangeOptions, ip_range};
use serde_json::Value as Json;

use super::range_bound::bound;
use crate::Error;
use crate::columns::ComputedField;
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;
use crate::stages::{AcceptedValues, ValueFilter, ValueRange};
use crate::terms::TermAutomaton;

/// Documents that have any value.
pub(super) fn exists(computed: &ComputedField, scoring: Scoring) -> Planned {
    filter(computed, AcceptedValues::Any, scoring)
}

/// Documents that have a value in a range.
pub(super) fn in_range(computed: &ComputedField, range: ValueRange, scoring: Scoring) -> Planned {
    match range {
        (Bound::Unbounded, Bound::Unbounded) => exists(computed, scoring),
        range => filter(computed, AcceptedValues::InRanges(Arc::from([range])), scoring),
    }
}

/// Documents that have one of the values.
pub(super) fn one_of(
    planner: &Planner<'_>,
    computed: &ComputedField,
    values: &[Json],
    scoring: Scoring,
) -> Result<Planned, Error> {
    let field = &computed.field;
    let mut ranges: Vec<ValueRange> = Vec::with_capacity(values.len());
    for json in values {
        if let FieldKind::Date { .. } = field.kind() {
            // A date may be written as a whole day or year.
            let options = RangeOptions { now_millis: planner.now_millis, ..RangeOptions::default() };
            let lower = bound(field, Some(&(RangeEdge::GreaterOrEqual, json.clone())), &options)?;
            let upper = bound(field, Some(&(RangeEdge::LessOrEqual, json.clone())), &options)?;
            ranges.push((lower, upper));
        } else if let (FieldKind::Ip, Some(text)) = (field.kind(), json.as_str().filter(|text| text.contains('/'))) {
            ranges.push(network(field, text)?);
        } else if let Some(value) =
            field.query_value(json, planner.now_millis).map_err(|error| Planner::value_error(&error))?
        {
            ranges.push((Bound::Included(value.clone()), Bound::Included(value)));
        }
    }
    planner.expand(ranges.len())?;
    if ranges.is_empty() {
        return Ok(Planned::none());
    }
    Ok(filter(computed, AcceptedValues::InRanges(ranges.into()), scoring))
}

/// Documents that have a text which matches a pattern as a whole. `query` is the type of the query, for errors.
pub(super) fn matching(
    computed: &ComputedField,
    query: &str,
    pattern: &Arc<TermAutomaton>,
    scoring: Scoring,
) -> Result<Planned, Error> {
    if !matches!(computed.field.kind(), FieldKind::Keyword { .. }) {
        let (name, kind) = (computed.field.name(), computed.field.kind().type_name());
        return Err(Error::Query(format!(
            "Can only use {query} queries on keyword and text fields - not on [{name}] which is of type [{kind}]"
        )));
    }
    let pattern = Arc::clone(pattern);
    let test = move |text: &str| pattern.accepts(text);
    Ok(filter(computed, AcceptedValues::Texts(Arc::new(test)), scoring))
}

/// The addresses of a network such as `10.0.0.0/8`.
fn network(field: &Field, text: &str) -> Result<ValueRange, Error> {
    let Some(network) = ip_range(text) else {
        let name = field.name();
        return Err(Error::Query(format!("field [{name}] is an ip, and [{text}] is not a network")));
    };
    let (first, last) = network.into_inner();
    Ok((Bound::Included(FieldValue::Text(first)), Bound::Included(FieldValue::Text(last))))
}

fn filter(computed: &ComputedField, accepted: AcceptedValues, scoring: Scoring) -> Planned {
    let stage = ValueFilter { column: Arc::clone(&computed.column), accepted };
    Planned::stage(Box::new(stage), scoring.boost())
}
