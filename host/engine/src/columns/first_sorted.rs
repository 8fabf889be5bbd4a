//! The first documents of a segment in the order of a numeric column, found in its sorted form where the segment has one.

use std::ops::{Bound, Range};
use std::sync::Arc;

use quidditch_index::SortedColumn;
use tantivy::{DocId, SegmentReader};

use super::sorted_column::{are_few, sorted_column};

/// How many documents more are read ahead, as they may have the same value as the last. 1,024: 2.5 KB in a split of a million documents.
const SAME: u32 = 1_024;

/// Which values come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstValues {
    Least,
    Greatest,
}

/// Which documents of a segment are the first by the values of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstSorted {
    pub(crate) column: Arc<str>,
    pub(crate) values: FirstValues,
    /// How many of them.
    pub(crate) count: u32,
    /// The value behind which they begin, as bits. Documents with this value are among them if it is included, in addition to `count`.
    pub(crate) after: Bound<u64>,
    /// The value, as bits, that stands for a missing one.
    pub(crate) missing: u64,
    /// Whether of documents with the same value those with lower numbers come first. Otherwise all that have the last value are among
    /// them.
    pub(crate) by_number: bool,
}

impl FirstSorted {
    /// The documents, ascending, deleted ones included; `None` if all documents must be visited.
    ///
    /// # Errors
    /// If bytes are not cached, or are damaged.
    pub(crate) fn documents(&self, segment: &SegmentReader) -> tantivy::Result<Option<Vec<DocId>>> {
        let Some(column) = self.sorted(segment)? else { return Ok(None) };
        let Some(ranges) = self.positions(&column, segment.max_doc())? else { return Ok(None) };
        let count: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        if !are_few(count as u64, segment) {
            return Ok(None);
        }
        let mut documents = Vec::with_capacity(count);
        for range in ranges {
            column.for_each_document(range, |found| documents.extend(found.iter().map(|doc| *doc as DocId)))?;
        }
        documents.sort_unstable();
        Ok(Some(documents))
    }

    /// Reads what [`FirstSorted::documents`] will read.
    ///
    /// # Errors
    /// If bytes are not cached, or are damaged.
    pub(crate) fn read_ahead(&self, segment: &SegmentReader) -> tantivy::Result<()> {
        if self.documents(segment).is_err()
            && let Some(column) = self.sorted(segment)?
        {
            // Where they begin and end is not known before the values are read, but about where.
            let about = self.about(&column);
            for end in [about.start, about.end.saturating_sub(1)] {
                let _ = column.value(end);
            }
            column.for_each_document(about, |_| ())?;
        }
        Ok(())
    }

    fn sorted(&self, segment: &SegmentReader) -> tantivy::Result<Option<SortedColumn>> {
        Ok(sorted_column(&self.column, segment)?.filter(|column| !column.repeats()))
    }

    /// The positions that they probably have. Reads nothing.
    fn about(&self, column: &SortedColumn) -> Range<u32> {
        let length = self.count.saturating_add(SAME);
        let tied = match self.after {
            Bound::Included(value) | Bound::Excluded(value) => Some(column.about(&(value..=value))),
            Bound::Unbounded => None,
        };
        if self.values == FirstValues::Least {
            let tied = tied.unwrap_or(0..0);
            tied.start..tied.end.saturating_add(length).min(column.entries())
        } else {
            let tied = tied.unwrap_or(column.entries()..column.entries());
            tied.start.saturating_sub(length)..tied.end
        }
    }

    /// Where they are in the sorted column; `None` if documents without a value may be among them.
    fn positions(&self, column: &SortedColumn, max_doc: DocId) -> tantivy::Result<Option<[Range<u32>; 2]>> {
        let all = 0..column.entries();
        let tied = match self.after {
            Bound::Included(value) | Bound::Excluded(value) => Some(column.positions(&(value..=value))?),
            Bound::Unbounded => None,
        };
        let includes_tied = matches!(self.after, Bound::Included(_));
        // The position of the last of them, if there are as many.
        let (rest, last) = if self.values == FirstValues::Least {
            let behind = tied.as_ref().map_or(all.start, |tied| tied.end);
            let start = tied.filter(|_| includes_tied).map_or(behind, |tied| tied.start);
            (start..all.end, behind.checked_add(self.count).map(|end| end - 1).filter(|last| *last < all.end))
        } else {
            let behind = tied.as_ref().map_or(all.end, |tied| tied.start);
            let end = tied.filter(|_| includes_tied).map_or(behind, |tied| tied.end);
            (all.start..end, behind.checked_sub(self.count))
        };
        let has_all = column.entries() == max_doc;
        let Some(last) = last else { return Ok(has_all.then_some([rest, 0..0])) };
        let value = column.value(last)?;
        let may_miss = match self.values {
            FirstValues::Least => self.missing <= value,
            FirstValues::Greatest => self.missing >= value,
        };
        if !has_all && may_miss {
            return Ok(None);
        }
        let same = column.positions(&(value..=value))?;
        Ok(Some(match (self.values, self.by_number) {
            (FirstValues::Least, true) => [rest.start..last + 1, 0..0],
            (FirstValues::Least, false) => [rest.start..same.end, 0..0],
            // Documents with the same value ascend in either order.
            (FirstValues::Greatest, true) => [same.start..same.start + (same.end - last), same.end..rest.end],
            (FirstValues::Greatest, false) => [same.start..rest.end, 0..0],
        }))
    }
}
