//! The values of arguments.

use serde_json::Value as Json;

use crate::ParameterKind;

/// The value of an argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Text(String),
    /// A list of integers.
    Integers(Vec<i64>),
    /// A list of floating-point numbers.
    Floats(Vec<f64>),
    /// A list of strings.
    Texts(Vec<String>),
    /// JSON, as text.
    Json(String),
}

impl Value {
    /// Converts JSON for a parameter of this kind; `None` if it has the wrong type.
    pub fn from_json(kind: ParameterKind, json: &Json) -> Option<Value> {
        match kind {
            ParameterKind::Boolean => json.as_bool().map(Value::Boolean),
            ParameterKind::Integer => integer(json).map(Value::Integer),
            ParameterKind::Float => json.as_f64().map(Value::Float),
            ParameterKind::Text | ParameterKind::Field => json.as_str().map(|text| Value::Text(text.to_owned())),
            ParameterKind::Integers => list(json, integer).map(Value::Integers),
            ParameterKind::Floats => list(json, Json::as_f64).map(Value::Floats),
            ParameterKind::Texts => list(json, |item| item.as_str().map(str::to_owned)).map(Value::Texts),
            ParameterKind::Json => Some(Value::Json(json.to_string())),
        }
    }
}

impl Value {
    /// The value as a clause has it.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Boolean(value) => Json::from(*value),
            Value::Integer(value) => Json::from(*value),
            Value::Float(value) => Json::from(*value),
            Value::Text(value) => Json::from(value.as_str()),
            Value::Integers(values) => Json::from(values.as_slice()),
            Value::Floats(values) => Json::from(values.as_slice()),
            Value::Texts(values) => Json::from(values.as_slice()),
            Value::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text.as_str())),
        }
    }
}

/// Accepts `2.0`, because many clients write every number like that.
fn integer(json: &Json) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: larger floats do not represent a single integer
    json.as_i64().or_else(|| {
        json.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= EXACT).map(|number| number as i64)
    })
}

fn list<T>(json: &Json, item: impl Fn(&Json) -> Option<T>) -> Option<Vec<T>> {
    json.as_array()?.iter().map(item).collect()
}
