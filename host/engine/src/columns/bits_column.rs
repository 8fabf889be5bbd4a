//! Columns of numbers as bits that order like them.

use tantivy::SegmentReader;
use tantivy::columnar::Column;

/// The numbers, dates or booleans of a column as bits that order like them; `None` where no document of the segment has a value. Many
/// of them are read at once in less time than those of a column of their type, which converts one after another.
pub(crate) fn bits_column(name: &str, segment: &SegmentReader) -> tantivy::Result<Option<Column<u64>>> {
    match segment.fast_fields().dynamic_column_handles(name)?.first() {
        Some(handle) => Ok(handle.open_u64_lenient()?),
        None => Ok(None),
    }
}
