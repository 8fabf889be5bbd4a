//! Whether it is time to merge splits that single writes have left.

use quidditch_index::format::SplitEntry;

use super::options::{MergeEffort, MergeOptions};
use super::plan::plan;

impl MergeOptions {
    /// How a server merges splits while others are written. The splits are smaller than those of
    /// [`MergeOptions::default`](Default::default), so that a merge takes a few seconds and at most 512 MiB of memory.
    pub fn in_background() -> Self {
        MergeOptions {
            effort: MergeEffort::Tiered,
            split_bytes: 256 << 20,
            split_documents: 1_000_000,
            ..Self::default()
        }
    }
}

/// Whether a merge in the background has enough to do.
pub(crate) fn is_merge_due(splits: &[SplitEntry]) -> bool {
    !plan(splits, &MergeOptions::in_background(), |_| true).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::split_entry;

    fn split(id: usize, documents: u64) -> SplitEntry {
        // A split of a single document takes some kilobytes.
        let size = 5_000 + documents * 150;
        split_entry(id, size, documents)
    }

    /// Merges as `merge_splits` does. Returns how many documents were written again.
    fn merge_all(splits: &mut Vec<SplitEntry>, next_id: &mut usize) -> u64 {
        let mut rewritten = 0;
        while let Some(group) = plan(splits, &MergeOptions::in_background(), |_| true).into_iter().next() {
            let documents = splits[group.clone()].iter().map(|split| split.documents).sum();
            rewritten += documents;
            *next_id += 1;
            splits.splice(group, [split(*next_id, documents)]);
        }
        rewritten
    }

    #[test]
    fn ten_minutes_of_small_commits_leave_few_splits_and_rewrite_documents_a_few_times() {
        for documents in [1, 30] {
            let (mut splits, mut next_id, mut rewritten, mut most) = (Vec::new(), 0, 0, 0);
            const COMMITS: u64 = 12_000;
            for commit in 0..COMMITS {
                next_id += 1;
                // Commits differ in size.
                splits.push(split(next_id, 1 + commit * 7 % documents));
                most = splits.len().max(most);
                if is_merge_due(&splits) {
                    rewritten += merge_all(&mut splits, &mut next_id);
                }
            }
            let all: u64 = splits.iter().map(|split| split.documents).sum();
            assert!(most < 30, "{most} splits");
            assert!(rewritten < all * 8, "{rewritten} of {all} documents were written again");
        }
    }
}
