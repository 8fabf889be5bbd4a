//! Keys and values of a sort.

use serde::{Deserialize, Serialize, Serializer};
use tantivy::Score;

/// A key within one segment: smaller is better. Missing values have ranks of their own before or after all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(super) rank: Rank,
    pub(super) bits: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rank {
    MissingFirst,
    Value,
    MissingLast,
}

impl Key {
    pub(super) fn value(bits: u64) -> Self {
        Key { rank: Rank::Value, bits }
    }
}

/// A key that means the same in all segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SortKey {
    Key(Key),
    /// The text itself: within a segment, its key is its ordinal in the segment's dictionary.
    Text(String),
}

impl SortKey {
    /// Bytes of memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        let text = match self {
            SortKey::Key(_) => 0,
            SortKey::Text(text) => text.len(),
        };
        size_of::<SortKey>() + text
    }
}

/// A value that a hit was sorted by, as the response shows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SortValue {
    Missing,
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    /// Of a field of single precision: shown with no more digits than it has.
    Single(f32),
    Score(Score),
    Text(String),
}

impl SortValue {
    /// Bytes that it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let text = if let SortValue::Text(text) = self { text.len() } else { 0 };
        size_of::<SortValue>() + text
    }
}

impl Serialize for SortValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            SortValue::Missing => serializer.serialize_none(),
            SortValue::Integer(value) => serializer.serialize_i64(*value),
            SortValue::Unsigned(value) => serializer.serialize_u64(*value),
            SortValue::Float(value) if value.is_infinite() => serializer.serialize_str(infinity(*value)),
            SortValue::Float(value) => serializer.serialize_f64(*value),
            SortValue::Single(value) if value.is_infinite() => serializer.serialize_str(infinity((*value).into())),
            SortValue::Single(value) | SortValue::Score(value) => serializer.serialize_f32(*value),
            SortValue::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// JSON has no number for it.
fn infinity(value: f64) -> &'static str {
    if value.is_sign_positive() { "Infinity" } else { "-Infinity" }
}

/// Nanoseconds of a millisecond.
pub(super) const NANOS_PER_MILLI: i64 = 1_000_000;
