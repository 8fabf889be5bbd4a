//! One of the best matches.

use quidditch_index::SnapshotDocument;
use serde::{Deserialize, Serialize};
use tantivy::Score;

use super::sort_key::SortKey;

/// One of the best matches of some segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hit {
    pub(crate) document: SnapshotDocument,
    pub(crate) score: Score,
    /// One key for each level of the sort; empty under a sort by score.
    pub(crate) keys: Vec<SortKey>,
}
