//! Whether it is time to merge splits that single writes have left.

use quidditch_index::format::SplitEntry;

use super::options::MergeOptions;
use super::plan::plan;

/// How many splits are waited for before they are merged. 8: each document is then rewritten once for each time that its split
/// grows to several times its size, and a search seldom has more than twice as many splits to read as an index without writes.
pub const SMALL_SPLITS: usize = 8;

impl MergeOptions {
    /// How a server merges splits while others are written. The splits are smaller than those of
    /// [`MergeOptions::default`](Default::default), so that a merge takes a few seconds and at most 512 MiB of memory.
    pub fn in_background() -> Self {
        MergeOptions { split_bytes: 256 << 20, split_documents: 1_000_000, ..Self::default() }
    }
}

/// Whether a merge in the background has enough to do.
pub(crate) fn is_merge_due(splits: &[SplitEntry]) -> bool {
    let planned = plan(splits, &MergeOptions::in_background(), |_| true);
    let merged: usize = planned.iter().map(ExactSizeIterator::len).sum();
    // A split alone is rewritten because of its deleted documents.
    merged >= SMALL_SPLITS || planned.iter().any(|group| group.len() == 1)
}
