//! Queries for the values of fields that the request computes. The matches of each score the same.

use std::ops::Bound;
use std::sync::Arc;

use quidditch_index::{FieldKind, RangeEdge, RangeOptions};
use serde_json::Value as Json;

use super::range_bound::bound;
use crate::Error;
use crate::columns::ComputedField;
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;
use crate::stages::{ValueFilter, ValueRange};

/// Documents that have any value.
pub(super) fn exists(computed: &ComputedField, scoring: Scoring) -> Planned {
    filter(computed, None, scoring)
}

/// Documents that have a value in a range.
pub(super) fn in_range(computed: &ComputedField, range: ValueRange, scoring: Scoring) -> Planned {
    match range {
        (Bound::Unbounded, Bound::Unbounded) => exists(computed, scoring),
        range => filter(computed, Some(vec![range]), scoring),
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
    Ok(filter(computed, Some(ranges), scoring))
}

fn filter(computed: &ComputedField, ranges: Option<Vec<ValueRange>>, scoring: Scoring) -> Planned {
    let stage = ValueFilter { column: Arc::clone(&computed.column), ranges: ranges.map(Into::into) };
    Planned::stage(Box::new(stage), scoring.boost())
}
