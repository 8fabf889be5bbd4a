//! The traits of columns that are computed from others.

use quidditch_function::{Column as BatchColumn, ColumnKind};
use tantivy::{DocId, Score, SegmentReader};

use crate::Error;

/// A column that is computed from stored ones, by a function or a script. What it reads is announced by its creator.
pub(crate) trait ComputedColumn: Send + Sync {
    /// The type of the values.
    fn kind(&self) -> ColumnKind;

    /// Whether it is computed from the scores of the documents, too.
    fn needs_scores(&self) -> bool;

    /// The column of one segment.
    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentComputedColumn>, Error>;
}

/// A computed column of one segment.
pub(crate) trait SegmentComputedColumn: Send {
    /// Replaces `out`, a column of the type of the values, by those of `docs`, which ascend. Those of one document ascend, too.
    /// `scores` has one for each document, or none.
    fn gather(&mut self, docs: &[DocId], scores: &[Score], out: &mut BatchColumn) -> Result<(), Error>;
}
