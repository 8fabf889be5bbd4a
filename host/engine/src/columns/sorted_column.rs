//! The sorted form of a numeric column, and for how many documents it is used.

use quidditch_index::{SortedColumn, SortedColumns};
use tantivy::SegmentReader;

/// The part of a segment's documents up to which they are found in a sorted column. A sixteenth: to bring more of them into the order of
/// documents, and to look up their values, takes about as long as to scan the column.
const LARGEST_PART: u32 = 16;

/// The sorted column of this name; `None` if the segment has none.
///
/// # Errors
/// If bytes are not cached, or are damaged.
pub(super) fn sorted_column(name: &str, segment: &SegmentReader) -> tantivy::Result<Option<SortedColumn>> {
    match SortedColumns::open(segment)? {
        Some(columns) => Ok(columns.column(name)?),
        None => Ok(None),
    }
}

/// Whether so few documents of the segment are wanted that the sorted column is faster than a scan.
pub(super) fn are_few(documents: u64, segment: &SegmentReader) -> bool {
    documents <= u64::from(segment.max_doc() / LARGEST_PART)
}
