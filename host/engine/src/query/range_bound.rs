//! One end of a range of values.

use std::ops::Bound;

use quidditch_index::{Field, FieldValue, RangeEdge, RangeOptions};
use serde_json::Value as Json;

use crate::Error;
use crate::plan::Planner;

/// One end of a range.
pub(super) fn bound(
    field: &Field,
    edge: Option<&(RangeEdge, Json)>,
    options: &RangeOptions,
) -> Result<Bound<FieldValue>, Error> {
    let Some((edge, json)) = edge else { return Ok(Bound::Unbounded) };
    field.range_bound(*edge, json, options).map_err(|error| Planner::value_error(&error))
}
