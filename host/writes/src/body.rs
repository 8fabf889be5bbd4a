//! Bodies of requests: JSON objects whose keys are taken one by one.

use quidditch_index::parse_json;
use quidditch_service::writing::{ApiError, Call, Refusal};
use serde_json::{Map, Value as Json};

/// The object in the body; an empty one if there is no body.
///
/// # Errors
/// A body that is not JSON, or not an object.
pub(crate) fn optional_object(call: &Call) -> Result<Map<String, Json>, ApiError> {
    if call.body.trim().is_empty() {
        return Ok(Map::new());
    }
    match parse_json(&call.body) {
        Ok(Json::Object(object)) => Ok(object),
        Ok(_) => Err(ApiError::body("the body of the request must be an object")),
        Err(error) => {
            let kind = if error.is_eof() { "json_e_o_f_exception" } else { "json_parse_exception" };
            let cause = Refusal::bad_request(kind, error.to_string());
            let refusal = Refusal::bad_request("parse_exception", "Failed to parse content to map");
            Err(refusal.caused_by(cause).into())
        }
    }
}

/// The same for a request that needs a body.
pub(crate) fn required_object(call: &Call) -> Result<Map<String, Json>, ApiError> {
    if call.body.trim().is_empty() {
        return Err(ApiError::body("request body is required"));
    }
    optional_object(call)
}

/// An object of a body whose keys are taken one by one.
pub(crate) struct Keys {
    object: Map<String, Json>,
    /// What the object is, for errors.
    name: &'static str,
}

impl Keys {
    pub(crate) fn new(object: Map<String, Json>, name: &'static str) -> Self {
        Keys { object, name }
    }

    /// Reads a value that must be an object.
    pub(crate) fn of(json: Json, name: &'static str) -> Result<Self, ApiError> {
        match json {
            Json::Object(object) => Ok(Keys { object, name }),
            other => Err(ApiError::object(format!("[{name}] must be an object, but is [{other}]"))),
        }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Json> {
        self.object.shift_remove(key).filter(|value| !value.is_null())
    }

    pub(crate) fn take_text(&mut self, key: &str) -> Result<Option<String>, ApiError> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(key, &other, "a string")),
        }
    }

    /// Takes a list of texts, or one text.
    pub(crate) fn take_texts(&mut self, key: &str) -> Result<Option<Vec<String>>, ApiError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let texts = match &value {
            Json::String(text) => Some(vec![text.clone()]),
            Json::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        texts.map(Some).ok_or_else(|| self.wrong(key, &value, "a list of strings"))
    }

    pub(crate) fn take_object(&mut self, key: &str) -> Result<Option<Map<String, Json>>, ApiError> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Object(object)) => Ok(Some(object)),
            Some(other) => Err(self.wrong(key, &other, "an object")),
        }
    }

    /// Takes a boolean, which clients also write as a string.
    pub(crate) fn take_boolean(&mut self, key: &str) -> Result<Option<bool>, ApiError> {
        match self.take(key) {
            None => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(value)),
            Some(Json::String(text)) if text == "true" => Ok(Some(true)),
            Some(Json::String(text)) if text == "false" => Ok(Some(false)),
            Some(other) => Err(self.wrong(key, &other, "a boolean")),
        }
    }

    pub(crate) fn take_integer(&mut self, key: &str) -> Result<Option<i64>, ApiError> {
        match self.take(key) {
            None => Ok(None),
            Some(value) => match value.as_i64().or_else(|| value.as_str()?.parse().ok()) {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong(key, &value, "an integer")),
            },
        }
    }

    fn wrong(&self, key: &str, value: &Json, expected: &str) -> ApiError {
        ApiError::object(format!("[{}] [{key}] must be {expected}, but is [{value}]", self.name))
    }

    /// The first key that has not been taken.
    pub(crate) fn first(&self) -> Option<&str> {
        self.object.iter().find(|(_, value)| !value.is_null()).map(|(key, _)| key.as_str())
    }

    /// Fails if any key has not been taken.
    pub(crate) fn finish(&self) -> Result<(), ApiError> {
        match self.first() {
            Some(key) => Err(ApiError::object(format!("[{}] unknown field [{key}]", self.name))),
            None => Ok(()),
        }
    }
}
