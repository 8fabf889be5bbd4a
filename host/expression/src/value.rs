//! A value of a script, as Java has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::date::Instant;
use crate::java_text;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Text(Arc<str>),
    /// Milliseconds since the Unix epoch.
    Date(i64),
    /// Latitude and longitude.
    Point(f64, f64),
    List(Arc<[Value]>),
    Map(Arc<BTreeMap<String, Value>>),
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Value::Text(Arc::from(text))
    }

    /// A parameter. `None` for an integer that 64 bits do not hold.
    pub(crate) fn from_json(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Boolean(*value),
            Json::Number(number) => match number.as_i64() {
                Some(integer) => i32::try_from(integer).map_or(Value::Long(integer), Value::Int),
                None if number.is_u64() => return None,
                None => Value::Double(number.as_f64()?),
            },
            Json::String(text) => Value::text(text),
            Json::Array(items) => Value::List(items.iter().map(Value::from_json).collect::<Option<_>>()?),
            Json::Object(entries) => {
                let entry = |(key, value): (&String, &Json)| Some((key.clone(), Value::from_json(value)?));
                Value::Map(Arc::new(entries.iter().map(entry).collect::<Option<_>>()?))
            }
        })
    }

    /// The name of its class, for errors.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Boolean(_) => "java.lang.Boolean",
            Value::Int(_) => "java.lang.Integer",
            Value::Long(_) => "java.lang.Long",
            Value::Float(_) => "java.lang.Float",
            Value::Double(_) => "java.lang.Double",
            Value::Text(_) => "java.lang.String",
            Value::Date(_) => "java.time.ZonedDateTime",
            Value::Point(..) => "org.opensearch.common.geo.GeoPoint",
            Value::List(_) => "java.util.List",
            Value::Map(_) => "java.util.Map",
        }
    }

    /// The number as a double; `None` for anything else.
    pub(crate) fn as_double(&self) -> Option<f64> {
        match *self {
            Value::Int(value) => Some(f64::from(value)),
            Value::Long(value) => Some(value as f64),
            Value::Float(value) => Some(f64::from(value)),
            Value::Double(value) => Some(value),
            _ => None,
        }
    }

    /// The text that `'' + value` is.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Value::Null => "null".to_owned(),
            Value::Boolean(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Long(value) => value.to_string(),
            Value::Float(value) => java_text::float(*value),
            Value::Double(value) => java_text::double(*value),
            Value::Text(value) => value.to_string(),
            Value::Date(millis) => Instant::new(*millis).to_string(),
            Value::Point(lat, lon) => format!("{}, {}", java_text::double(*lat), java_text::double(*lon)),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Value::to_text).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{key}={}", value.to_text())).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }
}
