//! Where a page ends: the last hit, as the next page needs it.

use quidditch_index::SnapshotDocument;
use serde::{Deserialize, Serialize};
use tantivy::Score;

use super::hit::Hit;
use super::sort_key::SortKey;

/// The place of a hit among all hits of a search. A search over the same snapshot can begin behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HitPosition {
    pub(crate) document: SnapshotDocument,
    pub(crate) score: Score,
    /// One key for each level of the sort; empty under a sort by score.
    pub(crate) keys: Vec<SortKey>,
}

impl HitPosition {
    pub(crate) fn from_hit(hit: &Hit) -> Self {
        HitPosition { document: hit.document, score: hit.score, keys: hit.keys.clone() }
    }
}
