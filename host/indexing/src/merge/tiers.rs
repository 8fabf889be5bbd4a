//! Plans merges while others write: splits with about as many documents are merged when there are several of them.

use std::ops::Range;

use quidditch_index::format::SplitEntry;

use super::options::MergeOptions;
use super::split_size::{Size, rewritten};

/// How many splits of a tier are merged, and how many times as many documents those of the next tier have. 8: a document is
/// rewritten four times until its split has 4,096 documents.
const FACTOR: usize = 8;

/// From how many splits on those of several tiers are merged, too. A search reads each of them.
const MANY_SPLITS: usize = 24;

/// The splits to merge: a range of adjacent splits, of the lowest tier that has enough of them, and of lower tiers between them; else
/// a single split, to be written again without its deleted documents. The splits of a tier have at least 1, 8, 64, ... documents.
pub(super) fn plan_tiers(
    splits: &[SplitEntry],
    options: &MergeOptions,
    may_be_merged: impl Fn(usize) -> bool,
) -> Option<Range<usize>> {
    let sizes: Vec<Size> = splits.iter().map(Size::from_entry).collect();
    let limit = Size { documents: options.split_documents, bytes: options.split_bytes };
    let least = |tier: &u64| (FACTOR as u64).saturating_pow(*tier as u32);
    for tier in (0..).take_while(|tier| least(tier) < options.split_documents) {
        let (first, next) = (least(&tier), least(&(tier + 1)));
        let is_candidate = |index: usize| {
            sizes[index].documents < next && sizes[index].plus(sizes[index]).fits(limit) && may_be_merged(index)
        };
        let mut start = 0;
        while start < splits.len() {
            let mut group = start..start;
            let mut size = Size { documents: 0, bytes: 0 };
            while group.end < splits.len() && is_candidate(group.end) && size.plus(sizes[group.end]).fits(limit) {
                size = size.plus(sizes[group.end]);
                group.end += 1;
            }
            let of_tier = group.clone().filter(|index| sizes[*index].documents >= first).count();
            if of_tier >= FACTOR || (splits.len() >= MANY_SPLITS && group.len() >= FACTOR) {
                return Some(group);
            }
            start = group.end.max(start + 1);
        }
    }
    let is_small = |index: &usize| sizes[*index].fits(limit) && may_be_merged(*index);
    (0..splits.len()).filter(is_small).find_map(|index| rewritten(index, splits, options))
}
