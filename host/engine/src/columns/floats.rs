//! Numeric columns, for built-in stages.

use quidditch_function::{Column as BatchColumn, Values};
use tantivy::{DocId, SegmentReader};

use super::reader::ColumnReader;
use super::source::ColumnSource;
use crate::Error;

/// A numeric column of one segment, for built-in stages: gathers into memory of its own.
pub(crate) struct FloatReader {
    reader: ColumnReader,
    column: BatchColumn,
}

impl FloatReader {
    pub(crate) fn open(source: &ColumnSource, segment: &SegmentReader) -> Result<Self, Error> {
        let reader = ColumnReader::open(source, segment)?;
        Ok(FloatReader { column: reader.empty(), reader })
    }

    /// The values of `docs`, which ascend.
    pub(crate) fn gather(&mut self, docs: &[DocId]) -> Result<Floats<'_>, Error> {
        self.reader.gather(docs, &mut self.column)?;
        match &self.column.values {
            Values::Floats(values) => Ok(Floats { column: &self.column, values }),
            _ => unreachable!("only opened for sources of floats"),
        }
    }
}

/// Numbers of one batch.
pub(crate) struct Floats<'a> {
    column: &'a BatchColumn,
    values: &'a [f64],
}

impl<'a> Floats<'a> {
    /// The values of a document, by its position in the batch.
    pub(crate) fn of(&self, position: usize) -> &'a [f64] {
        &self.values[self.column.range(position)]
    }
}
