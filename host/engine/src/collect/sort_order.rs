//! The order of a sort: keys that compare fast inside a segment, and mean the same in all of them once they are portable.

use std::cmp::Ordering;
use std::ops::Bound;

use super::after::After;
use super::collector::SegmentContext;
use super::hit::Hit;
use super::hit_position::HitPosition;
use super::segment_sort::SegmentSort;
use super::sort_key::{SortKey, SortValue};
use super::sort_level::{KeyClass, Level, Stored};
use super::sort_values::Values;
use crate::Error;
use crate::columns::{ComputedField, FirstSorted, FirstValues};
use crate::plan::Planner;
use crate::request::{Direction, SearchAfter, Sort};

/// The levels of a sort, checked against the mapping.
pub(crate) struct SortOrder {
    levels: Vec<Level>,
}

impl SortOrder {
    pub(crate) fn plan(sort: &[Sort], planner: &Planner<'_>) -> Result<Self, Error> {
        let levels = sort.iter().map(|sort| Level::plan(sort, planner)).collect::<Result<_, _>>()?;
        Ok(SortOrder { levels })
    }

    /// Where a page begins.
    pub(crate) fn after(&self, values: &SearchAfter, sort: &[Sort], planner: &Planner<'_>) -> Result<After, Error> {
        After::plan(values, sort, &self.levels, planner)
    }

    /// Behind a hit.
    pub(crate) fn behind(&self, position: &HitPosition) -> Result<After, Error> {
        After::hit(position, self.levels.len())
    }

    /// Whether it is the order of the index, so that the first matches of a segment are the best.
    pub(crate) fn is_index_order(&self) -> bool {
        self.levels.first().is_some_and(|level| level.values == Values::Doc && level.direction == Direction::Ascending)
    }

    /// Whether it is an order of values that are computed of the matches.
    pub(super) fn reads_computed(&self) -> bool {
        self.computed().next().is_some()
    }

    /// The computed fields that the order reads.
    pub(super) fn computed(&self) -> impl Iterator<Item = &ComputedField> {
        self.levels.iter().filter_map(|level| match &level.stored {
            Some(Stored::Computed(field)) => Some(&**field),
            _ => None,
        })
    }

    pub(crate) fn needs_scores(&self) -> bool {
        self.levels.iter().any(Level::needs_scores)
    }

    /// The columns that the order reads.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().flat_map(Level::columns)
    }

    /// The first `count` documents of a segment in this order, behind those of the pages before, as far as the first level tells:
    /// they are among these. `None` if the first level does not read numbers as they are stored.
    pub(super) fn first(&self, count: usize, after: Option<&After>) -> Option<FirstSorted> {
        let by_number = self.levels.len() == 1;
        let level = self.levels.first()?;
        let ends_tie = by_number && after.is_some_and(|after| after.document.is_none());
        let after = match after.map(|after| &after.keys[0]) {
            None => Bound::Unbounded,
            Some(SortKey::Key(key)) => level.bound(*key, ends_tie)?,
            Some(SortKey::Text(_)) => return None,
        };
        let (column, missing) = level.sorted_column()?;
        let count = u32::try_from(count).ok().filter(|count| *count > 0)?;
        let values = match level.direction {
            Direction::Ascending => FirstValues::Least,
            Direction::Descending => FirstValues::Greatest,
        };
        Some(FirstSorted { column: column.into(), values, count, after, missing, by_number })
    }

    pub(super) fn open(&self, segment: &SegmentContext<'_>) -> Result<SegmentSort<'_>, Error> {
        SegmentSort::open(&self.levels, segment)
    }

    /// Compares the keys of two hits, which may be of different segments.
    pub(super) fn compare(&self, a: &[SortKey], b: &[SortKey]) -> Ordering {
        let levels = self.levels.iter().zip(a.iter().zip(b));
        levels.map(|(level, (a, b))| level.compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Sorts hits, which may be of different segments. Those with equal keys are in the order of the index.
    pub(super) fn sort(&self, hits: &mut [Hit]) {
        hits.sort_unstable_by(|a, b| self.compare(&a.keys, &b.keys).then(a.document.cmp(&b.document)));
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
