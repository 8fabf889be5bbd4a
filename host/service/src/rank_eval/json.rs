//! Reading and writing the JSON of evaluations.

use serde::{Deserialize, Deserializer, de};
use serde_json::{Value as Json, json};

use crate::error::ApiError;

/// A mistake in an object of the request.
pub(super) fn mistake(object: &str, error: &serde_json::Error) -> ApiError {
    ApiError::object(format!("[{object}] {error}"))
}

/// An integer, or a text that is one.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let json = Json::deserialize(deserializer)?;
    let number = match &json {
        Json::Number(number) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| de::Error::custom(format_args!("[{json}] must be an integer")))
}

pub(super) fn optional_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    integer(deserializer).map(Some)
}

/// The name of a document.
pub(super) fn document_json(index: &str, id: &str) -> Json {
    json!({ "_index": index, "_id": id })
}
