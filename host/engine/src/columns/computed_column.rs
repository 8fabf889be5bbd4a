//! The traits of columns that are computed from others.

use quidditch_function::{Column as BatchColumn, ColumnKind};
use tantivy::{DocId, SegmentReader};

use crate::Error;

/// A column that is computed from stored ones, by a function or a script. What it reads is announced by whoever makes it.
pub(crate) trait ComputedColumn: Send + Sync {
    /// The type of the values.
    fn kind(&self) -> ColumnKind;

    /// The column of one segment.
    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentComputedColumn>, Error>;
}

/// A computed column of one segment.
pub(crate) trait SegmentComputedColumn: Send {
    /// Replaces `out`, a column of the type of the values, by those of `docs`, which ascend. Those of one document ascend, too.
    fn gather(&mut self, docs: &[DocId], out: &mut BatchColumn) -> Result<(), Error>;
}
