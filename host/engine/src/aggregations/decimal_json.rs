//! Floats in JSON.

use quidditch_index::float_text;
use serde_json::{Number, Value as Json};

/// A float in JSON. JSON has no infinity and nothing that is not a number: these are texts.
pub(super) fn decimal_json(value: f64) -> Json {
    Number::from_f64(value).map_or_else(|| Json::String(float_text(value)), Json::Number)
}
