//! Ranges of the values of a numeric column, found in its sorted form where a segment has one.

use std::ops::{Bound, RangeInclusive};
use std::sync::Arc;

use quidditch_index::SortedColumn;
use tantivy::{BitSet, SegmentReader, Term};

use super::bits_column::bits_column;
use super::sorted_column::{are_few, sorted_column};

/// Ranges of the values of a numeric column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberRanges {
    column: Arc<str>,
    /// Bits that have the order of the values. Of a query, the ranges ascend, and no two of them have a common value.
    ranges: Arc<[RangeInclusive<u64>]>,
}

impl NumberRanges {
    /// Ranges whose documents are counted. They may overlap.
    pub(crate) fn counted(column: &str, ranges: Vec<RangeInclusive<u64>>) -> Self {
        NumberRanges { column: column.into(), ranges: ranges.into() }
    }

    /// The values from one term of a numeric field to another.
    pub(crate) fn between(column: &str, lower: &Bound<Term>, upper: &Bound<Term>) -> Self {
        let start = match lower {
            Bound::Included(term) => term_bits(term),
            Bound::Excluded(term) => term_bits(term).and_then(|bits| bits.checked_add(1)),
            Bound::Unbounded => Some(u64::MIN),
        };
        let end = match upper {
            Bound::Included(term) => term_bits(term),
            Bound::Excluded(term) => term_bits(term).and_then(|bits| bits.checked_sub(1)),
            Bound::Unbounded => Some(u64::MAX),
        };
        let range = start.zip(end).filter(|(start, end)| start <= end).map(|(start, end)| start..=end);
        NumberRanges { column: column.into(), ranges: range.into_iter().collect() }
    }

    /// The values of terms of a numeric field.
    pub(crate) fn of_terms<'a>(column: &str, terms: impl Iterator<Item = &'a Term>) -> Self {
        let mut values: Vec<u64> = terms.filter_map(term_bits).collect();
        values.sort_unstable();
        values.dedup();
        NumberRanges { column: column.into(), ranges: values.into_iter().map(|value| value..=value).collect() }
    }

    /// How many documents have a value in each range, deleted documents included; `None` if the column must be scanned.
    pub(crate) fn counts(&self, segment: &SegmentReader) -> tantivy::Result<Option<Vec<u32>>> {
        let Some(column) = sorted_column(&self.column, segment)?.filter(|column| !column.repeats()) else {
            return Ok(None);
        };
        let counts = self.ranges.iter().map(|range| Ok(column.positions(range)?.len() as u32));
        counts.collect::<tantivy::Result<_>>().map(Some)
    }

    /// The documents that have a value in one of the ranges, deleted ones included; `None` if scanning the column is faster.
    pub(crate) fn documents(&self, segment: &SegmentReader) -> tantivy::Result<Option<BitSet>> {
        let Some(column) = sorted_column(&self.column, segment)?.filter(|column| self.are_few(column, segment)) else {
            return Ok(None);
        };
        let mut documents = BitSet::with_max_value(segment.max_doc());
        for range in self.ranges.iter() {
            let positions = column.positions(range)?;
            column.for_each_document(positions, |found| {
                for doc in found {
                    documents.insert(*doc as u32);
                }
            })?;
        }
        Ok(Some(documents))
    }

    /// The documents that have a value in one of the ranges, deleted ones included, found by a scan of the column.
    pub(crate) fn scan(&self, segment: &SegmentReader) -> tantivy::Result<BitSet> {
        let mut documents = BitSet::with_max_value(segment.max_doc());
        if let Some(column) = bits_column(&self.column, segment)? {
            for doc in 0..segment.max_doc() {
                if column.values_for_doc(doc).any(|value| self.contains(value)) {
                    documents.insert(doc);
                }
            }
        }
        Ok(documents)
    }

    fn contains(&self, value: u64) -> bool {
        let after = self.ranges.partition_point(|range| *range.start() <= value);
        after > 0 && value <= *self.ranges[after - 1].end()
    }

    /// Whether the sorted column is faster than a scan. It is for single values, each of which costs as much as decoding a block.
    fn are_few(&self, column: &SortedColumn, segment: &SegmentReader) -> bool {
        let entries: u64 = self.ranges.iter().map(|range| column.about(range).len() as u64).sum();
        are_few(entries, segment) || self.ranges.len() > 1
    }

    /// Reads what [`NumberRanges::counts`] and [`NumberRanges::documents`] will read, or the column that is scanned.
    pub(crate) fn read_ahead(&self, segment: &SegmentReader) -> tantivy::Result<()> {
        let Some(column) = sorted_column(&self.column, segment)? else {
            return bits_column(&self.column, segment).map(drop);
        };
        let are_few = self.are_few(&column, segment);
        for range in self.ranges.iter() {
            // Where they begin is not known before the values are read, but about where.
            let positions = column.positions(range).unwrap_or_else(|_| column.about(range));
            if are_few {
                let _ = column.for_each_document(positions, |_| ());
            }
        }
        if are_few { Ok(()) } else { bits_column(&self.column, segment).map(drop) }
    }

    /// Reads what [`NumberRanges::counts`] will read.
    pub(crate) fn read_ends(&self, segment: &SegmentReader) -> tantivy::Result<()> {
        if let Some(column) = sorted_column(&self.column, segment)? {
            self.ranges.iter().for_each(|range| drop(column.positions(range)));
        }
        Ok(())
    }
}

/// The value of a term of a numeric field.
fn term_bits(term: &Term) -> Option<u64> {
    term.serialized_value_bytes().first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}
