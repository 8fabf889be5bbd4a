//! Where a page begins: behind the sort values of a hit.

use std::ops::Bound;

use quidditch_index::{Field, FieldKind, FieldValue, RangeEdge, RangeOptions, SnapshotDocument, ip_term};
use serde_json::Value as Json;
use tantivy::{f64_to_u64, i64_to_u64};

use super::hit_position::HitPosition;
use super::sort_key::{Key, NANOS_PER_MILLI, Rank, SortKey};
use super::sort_level::Level;
use super::sort_values::{MissingValue, Values};
use crate::Error;
use crate::json::ErrorKind;
use crate::plan::Planner;
use crate::request::{Direction, SCRIPT_SORT, SearchAfter, Sort, SortBy};

/// The place behind which a page begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct After {
    /// One for each level of the sort.
    pub(super) keys: Vec<SortKey>,
    /// The document of these keys; `None` if all documents with the same keys belong to the pages before.
    pub(super) document: Option<SnapshotDocument>,
}

impl After {
    pub(super) fn plan(
        values: &SearchAfter,
        sort: &[Sort],
        levels: &[Level],
        planner: &Planner<'_>,
    ) -> Result<Self, Error> {
        let SearchAfter(values) = values;
        if values.len() != levels.len() {
            let (values, levels) = (values.len(), levels.len());
            return Err(Error::shard_argument(format!("search_after has {values} value(s) but sort has {levels}.")));
        }
        let key = |((value, sort), level): ((&Json, &Sort), &Level)| AfterLevel::new(sort, level, planner).key(value);
        let keys = values.iter().zip(sort).zip(levels).map(key).collect::<Result<_, _>>()?;
        Ok(After { keys, document: None })
    }
}

impl After {
    /// Behind a hit of the same sort.
    pub(crate) fn hit(position: &HitPosition, levels: usize) -> Result<Self, Error> {
        if position.keys.len() != levels {
            return Err(Error::shard_argument("the position of the last hit does not fit the sort of the request"));
        }
        Ok(After { keys: position.keys.clone(), document: Some(position.document) })
    }
}

/// A level of a sort, with what its values are read with.
struct AfterLevel<'a> {
    name: &'a str,
    level: &'a Level,
    /// The field, if it is a date.
    date: Option<&'a Field>,
    now_millis: i64,
}

impl<'a> AfterLevel<'a> {
    fn new(sort: &'a Sort, level: &'a Level, planner: &'a Planner<'_>) -> Self {
        let name = match &sort.by {
            SortBy::Score => "_score",
            SortBy::Doc => "_doc",
            SortBy::Field(field) => &field.name,
            SortBy::Distance(distance) => &distance.field,
            SortBy::Script(_) => SCRIPT_SORT,
        };
        let field = planner.computed(name).map(|computed| &computed.field).or_else(|| planner.field(name));
        let date = field.filter(|field| matches!(field.kind(), FieldKind::Date { .. }));
        AfterLevel { name, level, date, now_millis: planner.now_millis }
    }

    fn key(&self, value: &Json) -> Result<SortKey, Error> {
        let Level { values, direction, .. } = self.level;
        let bits = match values {
            Values::Text => return self.text(value),
            Values::Ip => {
                let address = value.as_str().and_then(ip_term);
                return match address {
                    Some(address) => Ok(SortKey::Text(address)),
                    None if value.is_null() => self.text(value),
                    None => Err(self.wrong(value)),
                };
            }
            Values::Score => {
                let score = self.float(value)? as f32;
                if score < 0.0 {
                    return Ok(SortKey::Key(before_all(*direction)));
                }
                u64::from(score.to_bits())
            }
            Values::Doc => match u64::try_from(self.integer(value)?) {
                Ok(position) => position,
                Err(_) => return Ok(SortKey::Key(before_all(*direction))),
            },
            Values::Long | Values::Nanos => i64_to_u64(self.long(value)?),
            Values::Unsigned => {
                let unsigned = match value {
                    Json::Number(number) => number.as_u64(),
                    Json::String(text) => text.parse().ok(),
                    _ => None,
                };
                unsigned.ok_or_else(|| self.wrong(value))?
            }
            // Clients expect it to be truncated to 32 bits.
            Values::Integer => match value {
                Json::Number(number) if number.is_f64() => i64_to_u64((self.float(value)? as i32).into()),
                Json::Number(_) => i64_to_u64((self.integer(value)? as i32).into()),
                _ => i64_to_u64(self.integer(value)?),
            },
            Values::Double => f64_to_u64(self.float(value)? + 0.0),
            Values::Float => f64_to_u64(f64::from(self.float(value)? as f32) + 0.0),
        };
        Ok(SortKey::Key(Key::value(direction.order(bits))))
    }

    /// Null stands for a missing value.
    fn text(&self, value: &Json) -> Result<SortKey, Error> {
        Ok(match (value, &self.level.missing) {
            (Json::Null, MissingValue::Key(key)) => SortKey::Key(*key),
            // No document is sorted as null.
            (Json::Null, MissingValue::Text(_)) => SortKey::Key(Key { rank: Rank::MissingFirst, bits: 0 }),
            (Json::String(text), _) => SortKey::Text(text.clone()),
            (value, _) => SortKey::Text(value.to_string()),
        })
    }

    fn long(&self, value: &Json) -> Result<i64, Error> {
        let Some(date) = self.date else {
            return match value {
                Json::String(text) => match text.parse() {
                    Ok(integer) => Ok(integer),
                    Err(_) => Ok(self.float(value)? as i64),
                },
                _ => self.integer(value),
            };
        };
        match value {
            Json::Number(number) if !number.is_u64() || number.is_i64() => self.integer(value),
            Json::Null => Err(self.wrong(value)),
            _ => self.date(value, date),
        }
    }

    fn date(&self, value: &Json, field: &Field) -> Result<i64, Error> {
        let invalid = |reason: String| Error::Shard { kind: ErrorKind::Setting, reason };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if text.starts_with("now") {
            return Err(invalid(format!(
                "[search_after] of a sort by [{}] must not depend on the time: [now]",
                self.name
            )));
        }
        let options = RangeOptions { now_millis: self.now_millis, ..RangeOptions::default() };
        let bound = field.range_bound(RangeEdge::GreaterOrEqual, &Json::String(text), &options);
        let bound = bound.map_err(|error| Planner::value_error(&error))?;
        if let Bound::Included(FieldValue::Nanos(nanos)) | Bound::Excluded(FieldValue::Nanos(nanos)) = bound {
            return Ok(nanos);
        }
        let millis = match bound {
            Bound::Included(FieldValue::Date(millis)) | Bound::Excluded(FieldValue::Date(millis)) => millis,
            _ => return Err(self.wrong(value)),
        };
        if self.level.values == Values::Nanos {
            return millis.checked_mul(NANOS_PER_MILLI).ok_or_else(|| self.wrong(value));
        }
        Ok(millis)
    }

    /// The fraction of a number is cut off, but not that of one in a string.
    fn integer(&self, value: &Json) -> Result<i64, Error> {
        let integer = match value {
            Json::Number(number) => {
                number.as_i64().or_else(|| number.as_f64().filter(|_| number.is_f64()).map(|float| float as i64))
            }
            Json::String(text) => text.parse().ok(),
            _ => None,
        };
        integer.ok_or_else(|| self.wrong(value))
    }

    fn float(&self, value: &Json) -> Result<f64, Error> {
        let float = match value {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        float.ok_or_else(|| self.wrong(value))
    }

    fn wrong(&self, value: &Json) -> Error {
        Error::shard_argument(format!(
            "[search_after] has the value {value} for a sort by [{}]: expected a number",
            self.name
        ))
    }
}

/// The key before those of all documents with a value: that of a score or position below 0.
fn before_all(direction: Direction) -> Key {
    let rank = if direction == Direction::Ascending { Rank::MissingFirst } else { Rank::MissingLast };
    Key { rank, bits: 0 }
}
