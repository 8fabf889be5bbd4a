//! The sizes of splits, as merges count them.

use std::ops::Range;

use quidditch_index::format::SplitEntry;

use super::options::MergeOptions;

/// The approximate size of a split without its deleted documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) documents: u64,
    pub(super) bytes: u64,
}

impl Size {
    pub(super) fn from_entry(split: &SplitEntry) -> Self {
        let documents = split.stored();
        let bytes = u128::from(split.size) * u128::from(documents) / u128::from(split.documents.max(1));
        Size { documents, bytes: u64::try_from(bytes).unwrap_or(u64::MAX) }
    }

    pub(super) fn plus(self, other: Size) -> Size {
        Size {
            documents: self.documents.saturating_add(other.documents),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    pub(super) fn fits(self, limit: Size) -> bool {
        self.documents <= limit.documents && self.bytes <= limit.bytes
    }
}

/// The range of a single split, if many of its documents are deleted.
pub(super) fn rewritten(index: usize, splits: &[SplitEntry], options: &MergeOptions) -> Option<Range<usize>> {
    let split = &splits[index];
    let is_worth_it = u128::from(split.deleted()) * 100
        > u128::from(split.documents.saturating_sub(split.nested)) * u128::from(options.deleted_percent);
    is_worth_it.then_some(index..index + 1)
}
