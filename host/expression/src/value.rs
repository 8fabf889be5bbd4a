//! A value of a script, as Java has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::java_time::Time;
use crate::date::Instant;
use crate::java_map::in_java_order;
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
    /// A UTF-16 code unit.
    Char(u16),
    /// A date of a document, in milliseconds since the Unix epoch.
    Date(i64),
    /// Any other value of `java.time`.
    Time(Arc<Time>),
    /// Latitude and longitude.
    Point(f64, f64),
    List(Arc<[Value]>),
    Map(Arc<BTreeMap<String, Value>>),
    /// A key of a map and its value.
    Entry(Arc<(Value, Value)>),
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Value::Text(Arc::from(text))
    }

    /// A parameter. `None` for an integer of more than 64 bits.
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
            Value::Char(_) => "java.lang.Character",
            Value::Date(_) => "org.opensearch.script.JodaCompatibleZonedDateTime",
            Value::Time(time) => time.class(),
            Value::Point(..) => "org.opensearch.common.geo.GeoPoint",
            Value::List(_) => "java.util.List",
            Value::Map(_) => "java.util.Map",
            Value::Entry(_) => "java.util.Map.Entry",
        }
    }

    /// The number as a double; `None` for anything else.
    pub(crate) fn as_double(&self) -> Option<f64> {
        match *self {
            Value::Int(value) => Some(f64::from(value)),
            Value::Char(value) => Some(f64::from(value)),
            Value::Long(value) => Some(value as f64),
            Value::Float(value) => Some(f64::from(value)),
            Value::Double(value) => Some(value),
            _ => None,
        }
    }

    /// The integer; `None` for anything else.
    pub(crate) fn as_integer(&self) -> Option<i64> {
        match *self {
            Value::Int(value) => Some(i64::from(value)),
            Value::Char(value) => Some(i64::from(value)),
            Value::Long(value) => Some(value),
            _ => None,
        }
    }

    /// What `hashCode()` returns, for the values of which it is known.
    pub(crate) fn hash_code(&self) -> Option<i32> {
        let of_long = |value: i64| (value ^ ((value as u64) >> 32) as i64) as i32;
        Some(match self {
            Value::Boolean(value) => {
                if *value {
                    1_231
                } else {
                    1_237
                }
            }
            Value::Int(value) => *value,
            Value::Char(value) => i32::from(*value),
            Value::Long(value) => of_long(*value),
            Value::Float(value) => {
                if value.is_nan() {
                    0x7fc0_0000
                } else {
                    value.to_bits() as i32
                }
            }
            Value::Double(value) => {
                let bits = if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() };
                of_long(bits as i64)
            }
            Value::Text(text) => java_text::hash_code(text),
            Value::List(items) => {
                let mut hash = 1_i32;
                for item in items.iter() {
                    let item = if *item == Value::Null { 0 } else { item.hash_code()? };
                    hash = hash.wrapping_mul(31).wrapping_add(item);
                }
                hash
            }
            _ => return None,
        })
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
            Value::Char(unit) => String::from_utf16_lossy(&[*unit]),
            Value::Time(time) => time.to_string(),
            Value::Entry(entry) => format!("{}={}", entry.0.to_text(), entry.1.to_text()),
            Value::Date(millis) => Instant::new(*millis).to_string(),
            Value::Point(lat, lon) => format!("{}, {}", java_text::double(*lat), java_text::double(*lon)),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Value::to_text).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Map(entries) => {
                let entries: Vec<String> = in_java_order(entries)
                    .into_iter()
                    .map(|(key, value)| format!("{key}={}", value.to_text()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }
}
