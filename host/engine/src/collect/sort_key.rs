//! Keys and values of a sort.

use serde::{Deserialize, Serialize};
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

/// A value that a hit was sorted by, as the response shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum SortValue {
    Missing,
    Integer(i64),
    Float(f64),
    /// Of a field of single precision: shown with no more digits than it has.
    Single(f32),
    Score(Score),
    Text(String),
}
