//! The best matches.

use quidditch_index::SnapshotDocument;
use serde::{Deserialize, Serialize};
use tantivy::Score;

use super::group::GroupKey;
use super::sort_key::SortKey;

/// The best matches of some segments, best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BestHits {
    pub(crate) hits: Vec<Hit>,
    /// The greatest score of all matches; `None` if there are none, or if they are sorted by something else and their scores are
    /// not tracked.
    pub(crate) max_score: Option<Score>,
}

/// One of the best matches of some segments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hit {
    pub(crate) document: SnapshotDocument,
    pub(crate) score: Score,
    /// One key for each level of the sort; empty under a sort by score.
    pub(crate) keys: Vec<SortKey>,
    /// The group of which it is the best, if hits are collapsed.
    pub(crate) group: Option<GroupKey>,
}

impl BestHits {
    /// About how much memory the hits use.
    pub(crate) fn bytes(&self) -> usize {
        let keys = |hit: &Hit| hit.keys.iter().map(SortKey::bytes).sum::<usize>();
        self.hits.iter().map(|hit| size_of::<Hit>() + keys(hit)).sum()
    }
}

impl Hit {
    /// The cost of merging a hit with those of other parts of a segment: [`Collector::merge_cost`](super::Collector::merge_cost).
    pub(super) const MERGE_COST: u64 = 100;

    /// Bytes of memory of one hit, without its keys: in the result of its segment, and in that of all segments.
    pub(super) const BYTES: usize = 2 * size_of::<Hit>();
}
