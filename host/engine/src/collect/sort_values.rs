//! The types of the values of a sort, and what documents without a value are sorted as.

use serde_json::Value as Json;
use tantivy::{f64_to_u64, i64_to_u64};

use super::sort_key::{Key, Rank};
use crate::Error;
use crate::json::ErrorKind;
use crate::request::Direction;

/// What the values are, and how a response shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    Score,
    /// The position in the index.
    Doc,
    /// 64-bit integers and dates.
    Long,
    /// Dates in nanoseconds, of columns in milliseconds.
    Nanos,
    /// Unsigned integers of 64 bits, whose column has them minus 2^63.
    Unsigned,
    /// 32-bit integers and booleans.
    Integer,
    Double,
    Float,
    Text,
    /// Texts that stand for addresses.
    Ip,
}

/// What documents without a value are sorted as.
pub(super) enum MissingValue {
    Key(Key),
    /// A text, whose key depends on the segment.
    Text(String),
}

impl Values {
    /// The value in the width of the type: sums wrap around.
    pub(super) fn narrow(self, value: i64) -> i64 {
        if self == Values::Integer { i64::from(value as i32) } else { value }
    }

    /// The key of missing values that come first or last. Missing numbers are the smallest or largest number of their type.
    pub(super) fn missing_key(self, direction: Direction, rank: Rank) -> Key {
        let is_largest = (rank == Rank::MissingLast) == (direction == Direction::Ascending);
        let bits = match self {
            Values::Score | Values::Doc | Values::Text | Values::Ip => return Key { rank, bits: 0 },
            Values::Long | Values::Nanos => i64_to_u64(if is_largest { i64::MAX } else { i64::MIN }),
            Values::Unsigned => {
                if is_largest {
                    u64::MAX
                } else {
                    0
                }
            }
            Values::Integer => i64_to_u64(i64::from(if is_largest { i32::MAX } else { i32::MIN })),
            Values::Double | Values::Float => f64_to_u64(if is_largest { f64::INFINITY } else { f64::NEG_INFINITY }),
        };
        Key::value(direction.order(bits))
    }

    /// The value of `missing`. Fractions of integers are cut off.
    pub(super) fn missing_value(self, name: &str, json: &Json, direction: Direction) -> Result<MissingValue, Error> {
        let wrong = |what: &str| {
            let reason = format!("[missing] of a sort by [{name}] must be [_first], [_last] or {what}, got {json}");
            Error::Shard { kind: ErrorKind::NumberFormat, reason }
        };
        let bits = match self {
            Values::Score | Values::Doc => {
                return Ok(MissingValue::Key(self.missing_key(direction, Rank::MissingLast)));
            }
            Values::Ip => return Err(wrong("nothing else, as it is an ip")),
            Values::Text => {
                return Ok(MissingValue::Text(json.as_str().map_or_else(|| json.to_string(), str::to_owned)));
            }
            Values::Long | Values::Nanos => i64_to_u64(integer(json).ok_or_else(|| wrong("an integer"))?),
            Values::Unsigned => unsigned(json).ok_or_else(|| wrong("an unsigned integer"))?,
            Values::Integer => {
                let integer = integer(json).ok_or_else(|| wrong("an integer"))?;
                let integer = if json.is_f64() { integer.clamp(i32::MIN.into(), i32::MAX.into()) } else { integer };
                let fits = i32::try_from(integer).map_err(|_| wrong("an integer of 32 bits"))?;
                i64_to_u64(i64::from(fits))
            }
            Values::Double => f64_to_u64(float(json).ok_or_else(|| wrong("a number"))?),
            Values::Float => f64_to_u64(f64::from(float(json).ok_or_else(|| wrong("a number"))? as f32)),
        };
        Ok(MissingValue::Key(Key::value(direction.order(bits))))
    }
}

fn integer(json: &Json) -> Option<i64> {
    match json {
        // A float beyond all integers becomes the nearest of them.
        Json::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn unsigned(json: &Json) -> Option<u64> {
    match json {
        Json::Number(number) => number.as_u64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn float(json: &Json) -> Option<f64> {
    let float = match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    float.filter(|float: &f64| !float.is_nan())
}
