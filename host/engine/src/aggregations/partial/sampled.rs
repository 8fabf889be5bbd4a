//! A document of a sample.

use quidditch_index::SnapshotDocument;
use serde::{Deserialize, Serialize};
use tantivy::Score;

/// A document that may be in a sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sampled {
    pub(crate) score: Score,
    pub(crate) document: SnapshotDocument,
    /// The value by which documents are diversified; those without one are not diversified.
    pub(crate) value: Option<SampledValue>,
}

/// A value, in a form that means the same in all segments.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum SampledValue {
    Bits(u64),
    Text(String),
}

impl Sampled {
    /// How much memory it uses.
    pub(crate) fn bytes(&self) -> usize {
        let text = if let Some(SampledValue::Text(text)) = &self.value { text.len() } else { 0 };
        size_of::<Self>() + text
    }
}
