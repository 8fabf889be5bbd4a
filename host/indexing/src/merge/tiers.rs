//! Plans merges while others write: splits of about the same size are merged when there are several of them.

use std::ops::Range;

use quidditch_index::format::SplitEntry;

use super::options::MergeOptions;
use super::plan::{Size, rewritten};

/// How many splits are merged at least, and how much larger those of the next tier are.
const FACTOR: usize = 8;

/// Size of the splits of the lowest tier in bytes: those of single documents and small bulk requests. 128 KiB.
const LOWEST_TIER_BYTES: u64 = 128 << 10;

/// The splits to merge: a range of adjacent splits of one tier or of lower ones, of the lowest tier that has enough of them; else a
/// single split, to be written again without its deleted documents.
pub(super) fn plan_tiers(
    splits: &[SplitEntry],
    options: &MergeOptions,
    may_be_merged: impl Fn(usize) -> bool,
) -> Option<Range<usize>> {
    let sizes: Vec<Size> = splits.iter().map(Size::from_entry).collect();
    let limit = Size { documents: options.split_documents, bytes: options.split_bytes };
    let mut tier_bytes = LOWEST_TIER_BYTES;
    loop {
        let is_candidate = |index: usize| {
            sizes[index].bytes < tier_bytes && sizes[index].plus(sizes[index]).fits(limit) && may_be_merged(index)
        };
        let mut start = 0;
        while start < splits.len() {
            let mut group = start..start;
            let mut size = Size { documents: 0, bytes: 0 };
            while group.end < splits.len() && is_candidate(group.end) && size.plus(sizes[group.end]).fits(limit) {
                size = size.plus(sizes[group.end]);
                group.end += 1;
            }
            if group.len() >= FACTOR {
                return Some(group);
            }
            start = group.end.max(start + 1);
        }
        if tier_bytes >= options.split_bytes {
            break;
        }
        tier_bytes = tier_bytes.saturating_mul(FACTOR as u64);
    }
    let is_small = |index: &usize| sizes[*index].fits(limit) && may_be_merged(*index);
    (0..splits.len()).filter(is_small).find_map(|index| rewritten(index, splits, options))
}
