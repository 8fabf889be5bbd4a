//! The order of a sort: keys that compare fast inside a segment, and mean the same in all of them once they are portable.

use std::cmp::Ordering;

use super::collector::SegmentContext;
use super::segment_sort::SegmentSort;
use super::sort_key::{SortKey, SortValue};
use super::sort_level::{KeyClass, Level};
use crate::Error;
use crate::plan::Planner;
use crate::request::Sort;

/// The levels of a sort, checked against the mapping.
pub(crate) struct SortOrder {
    levels: Vec<Level>,
}

impl SortOrder {
    pub(crate) fn plan(sort: &[Sort], planner: &Planner<'_>) -> Result<Self, Error> {
        let levels = sort.iter().map(|sort| Level::plan(sort, planner)).collect::<Result<_, _>>()?;
        Ok(SortOrder { levels })
    }

    pub(crate) fn needs_scores(&self) -> bool {
        self.levels.iter().any(Level::needs_scores)
    }

    /// The columns that the order reads.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().filter_map(Level::column)
    }

    pub(super) fn open(&self, segment: &SegmentContext<'_>) -> Result<SegmentSort<'_>, Error> {
        SegmentSort::open(&self.levels, segment)
    }

    /// Compares the keys of two hits, which may be of different segments.
    pub(super) fn compare(&self, a: &[SortKey], b: &[SortKey]) -> Ordering {
        let levels = self.levels.iter().zip(a.iter().zip(b));
        levels.map(|(level, (a, b))| level.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// The values that a response shows for the keys of a hit.
    pub(crate) fn values(&self, keys: &[SortKey]) -> Vec<SortValue> {
        self.levels.iter().zip(keys).map(|(level, key)| level.value(key)).collect()
    }

    /// What the keys of each level are.
    pub(super) fn classes(&self) -> impl Iterator<Item = KeyClass> {
        self.levels.iter().map(Level::class)
    }

    /// Makes the key of an integer one of a float.
    pub(super) fn widen(&self, level: usize, key: &mut SortKey) {
        self.levels[level].widen(key);
    }
}
