//! Plans which splits are merged.

use std::ops::Range;

use quidditch_index::format::SplitEntry;

use super::options::{MergeEffort, MergeOptions};
use super::split_size::{Size, rewritten};
use super::tiers::plan_tiers;

/// The splits to merge: ranges of adjacent splits, ascending. A range of one split means that it is rewritten without its deleted
/// documents. Only splits that `may_be_merged` are included.
///
/// Splits must be adjacent so that old documents stay before new ones. That keeps the ranges of dates and generated ids of
/// different splits apart, which lets searches skip splits.
pub(super) fn plan(
    splits: &[SplitEntry],
    options: &MergeOptions,
    may_be_merged: impl Fn(&SplitEntry) -> bool,
) -> Vec<Range<usize>> {
    let sizes: Vec<Size> = splits.iter().map(Size::from_entry).collect();
    let limit = Size { documents: options.split_documents, bytes: options.split_bytes };
    let may_be_merged = |index: usize| sizes[index].documents > 0 && may_be_merged(&splits[index]);
    if options.effort == MergeEffort::Tiered {
        return plan_tiers(splits, options, may_be_merged).into_iter().collect();
    }
    let is_candidate = |index: usize| {
        may_be_merged(index)
            && match options.effort {
                MergeEffort::Full | MergeEffort::Tiered => true,
                MergeEffort::Balanced => sizes[index].plus(sizes[index]).fits(limit),
            }
    };
    let mut planned = Vec::new();
    let mut start = 0;
    while start < splits.len() {
        let mut group = start..start + 1;
        let mut size = sizes[start];
        while is_candidate(start) && group.end < splits.len() && is_candidate(group.end) {
            let larger = size.plus(sizes[group.end]);
            if !larger.fits(limit) {
                break;
            }
            size = larger;
            group.end += 1;
        }
        start = group.end;
        if options.effort == MergeEffort::Balanced {
            while group.len() > 1 && sizes[group.start].bytes > size.bytes - sizes[group.start].bytes {
                size.bytes -= sizes[group.start].bytes;
                planned.extend(rewritten(group.start, splits, options));
                group.start += 1;
            }
        }
        if group.len() > 1 {
            planned.push(group);
        } else {
            planned.extend(rewritten(group.start, splits, options));
        }
    }
    planned.retain(|group| group.clone().all(may_be_merged));
    planned
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quidditch_index::format::Deletes;

    use super::*;
    use crate::fixture::split_entry;

    const NOTHING: [(usize, usize); 0] = [];

    fn split(id: usize, size: u64, documents: u64, deleted: u64) -> SplitEntry {
        let deletes = Deletes { object: String::new(), documents: deleted, size: 0, crc32: 0 };
        SplitEntry { deletes: (deleted > 0).then_some(deletes), ..split_entry(id, size, documents) }
    }

    fn splits(sizes: &[u64]) -> Vec<SplitEntry> {
        sizes.iter().enumerate().map(|(id, size)| split(id, *size, *size, 0)).collect()
    }

    fn options(effort: MergeEffort, split_bytes: u64) -> MergeOptions {
        MergeOptions { effort, split_documents: u64::MAX, split_bytes, ..MergeOptions::default() }
    }

    fn planned_splits(splits: &[SplitEntry], options: &MergeOptions) -> Vec<(usize, usize)> {
        plan(splits, options, |_| true).into_iter().map(|group| (group.start, group.end)).collect()
    }

    fn planned(sizes: &[u64], options: &MergeOptions) -> Vec<(usize, usize)> {
        planned_splits(&splits(sizes), options)
    }

    #[test]
    fn balanced_merges_are_worth_their_cost() {
        let options = options(MergeEffort::Balanced, 100);
        assert_eq!(planned(&[], &options), NOTHING);
        assert_eq!(planned(&[1], &options), NOTHING);
        assert_eq!(planned(&[1, 1], &options), [(0, 2)]);
        // Splits larger than the others together, and splits of half the maximum size, are not merged.
        assert_eq!(planned(&[2, 1], &options), NOTHING);
        assert_eq!(planned(&[8, 4, 1, 2, 1], &options), [(0, 5)]);
        assert_eq!(planned(&[10, 5, 1, 2, 1], &options), [(2, 5)]);
        assert_eq!(planned(&[51, 1, 1, 51, 50, 50], &options), [(1, 3), (4, 6)]);
        // Merged splits do not exceed the limit.
        assert_eq!(planned(&[40, 40, 20, 1, 1], &options), [(0, 3), (3, 5)]);
    }

    #[test]
    fn full_merges_leave_as_few_splits_as_possible() {
        let options = options(MergeEffort::Full, 100);
        assert_eq!(planned(&[99, 1, 100, 1], &options), [(0, 2)]);
        assert_eq!(planned(&[60, 30, 10, 101, 2, 1], &options), [(0, 3), (4, 6)]);
        let few = MergeOptions { split_documents: 100, split_bytes: u64::MAX, ..options };
        assert_eq!(planned(&[60, 40, 1], &few), [(0, 2)]);
        assert_eq!(planned(&[61, 40, 1], &few), [(1, 3)]);
    }

    #[test]
    fn splits_with_many_deleted_documents_are_rewritten() {
        for effort in [MergeEffort::Balanced, MergeEffort::Full] {
            let options = options(effort, 100);
            let one = |deleted| planned_splits(&[split(0, 1000, 100, deleted)], &options);
            assert_eq!(one(20), NOTHING);
            assert_eq!(one(21), [(0, 1)]);
            assert_eq!(
                planned_splits(&[split(0, 1000, 100, 0)], &MergeOptions { deleted_percent: 0, ..options }),
                NOTHING
            );
            assert_eq!(
                planned_splits(&[split(0, 1000, 100, 1)], &MergeOptions { deleted_percent: 0, ..options }),
                [(0, 1)]
            );
        }
        // Without their deleted documents, these two fit.
        assert_eq!(
            planned_splits(&[split(0, 100, 100, 50), split(1, 50, 50, 0)], &options(MergeEffort::Full, 100)),
            [(0, 2)]
        );
        // A split that is left out of a merge is rewritten on its own.
        assert_eq!(
            planned_splits(&[split(0, 40, 40, 10), split(1, 1, 1, 0)], &options(MergeEffort::Balanced, 100)),
            [(0, 1)]
        );
    }

    #[test]
    fn splits_that_may_not_be_merged_are_left_out() {
        let splits = splits(&[1, 1, 1, 1, 1]);
        let groups = plan(&splits, &options(MergeEffort::Full, 100), |split| split.id.as_str() != "2");
        assert_eq!(groups, [0..2, 3..5]);
    }

    #[test]
    fn documents_are_rewritten_a_few_times_only() {
        let options = options(MergeEffort::Balanced, 256);
        let (mut sizes, mut written, mut most_splits) = (Vec::new(), 0, 0);
        for _ in 0..4096 {
            sizes.push(1);
            written += 1;
            for (start, end) in planned(&sizes, &options).into_iter().rev() {
                let size: u64 = sizes[start..end].iter().sum();
                sizes.splice(start..end, [size]);
                written += size;
            }
            most_splits = most_splits.max(sizes.len());
        }
        assert!(written <= 4096 * 9, "{written}");
        assert!(most_splits <= 4096 / 128 + 9, "{most_splits}");
    }

    proptest! {
        #[test]
        fn plans_are_sound(
            splits in prop::collection::vec((1..100_u64, 1..100_u64, 0..120_u64), 0..20),
            split_bytes in 1..300_u64,
            split_documents in 1..300_u64,
            is_full in any::<bool>(),
        ) {
            let splits: Vec<_> = splits
                .into_iter()
                .enumerate()
                .map(|(id, (size, documents, deleted))| split(id, size, documents, deleted.min(documents)))
                .collect();
            let effort = if is_full { MergeEffort::Full } else { MergeEffort::Balanced };
            let options = MergeOptions { effort, split_documents, split_bytes, deleted_percent: 20 };
            let groups = plan(&splits, &options, |_| true);
            let mut end = 0;
            for group in groups {
                prop_assert!(group.start >= end && group.end > group.start && group.end <= splits.len());
                end = group.end;
                let total = splits[group.clone()].iter().map(Size::from_entry).reduce(Size::plus).expect("not empty");
                let limit = Size { documents: split_documents, bytes: split_bytes };
                prop_assert!(group.len() == 1 || total.fits(limit));
                prop_assert!(group.len() > 1 || splits[group.start].deleted() > 0);
                prop_assert!(splits[group].iter().all(|split| split.live() > 0));
            }
        }
    }
}
