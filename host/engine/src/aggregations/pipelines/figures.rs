//! Results of pipelines that are figures.

use serde_json::Map;

use super::super::answer::Answer;
use super::super::decimal_json::decimal_json;
use super::super::metric::MetricError;
use super::super::value_format::ValueFormat;

/// The type of a result that is one figure.
pub(super) const SIMPLE_VALUE: &str = "simple_value";

/// One figure; null in the response if it is not finite.
pub(super) fn simple_value(value: f64, format: &ValueFormat) -> Answer<'static> {
    let mut shown = Map::new();
    add_value(&mut shown, "value", value, format);
    Answer::with_figures(shown, move |path| one_value(path, value))
}

/// The rest of a path in a result that is one figure.
pub(super) fn one_value(path: &[&str], value: f64) -> Result<f64, MetricError> {
    match path {
        [] | ["value"] => Ok(value),
        [other, ..] => Err(MetricError::NoSuchValue((*other).to_owned())),
    }
}

/// Adds a figure and its text.
pub(super) fn add_value(object: &mut Map<String, serde_json::Value>, key: &str, value: f64, format: &ValueFormat) {
    if value.is_finite() {
        object.insert(key.to_owned(), decimal_json(value));
        format.add_text(object, &format!("{key}_as_string"), value);
    } else {
        object.insert(key.to_owned(), serde_json::Value::Null);
    }
}
