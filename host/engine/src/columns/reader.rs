//! A column of one segment.

use quidditch_function::{Column as BatchColumn, ColumnKind, Values};
use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use super::gather::gather_sorted;
use super::source::{ColumnSource, Order, StoredKind};
use super::texts::TextReader;
use crate::Error;
use crate::memory::Reservation;

/// A column of one segment.
pub(crate) struct ColumnReader {
    values: StoredValues,
    wanted: ColumnKind,
    order: Order,
    rows: Rows,
    /// For the values of the largest batch so far.
    gathered: Reservation,
}

/// `None` where no document of the segment has a value.
enum StoredValues {
    Booleans(Option<Column<bool>>),
    Integers(Option<Column<i64>>),
    Floats(Option<Column<f64>>),
    Texts(Option<TextReader>),
}

/// Scratch memory of a gathering.
#[derive(Default)]
struct Rows {
    booleans: Vec<bool>,
    integers: Vec<i64>,
}

impl ColumnReader {
    pub(crate) fn open(source: &ColumnSource, segment: &SegmentReader) -> Result<Self, Error> {
        let columns = segment.fast_fields();
        let ColumnSource { column, stored, wanted, order, memory } = source;
        let values = match stored {
            StoredKind::Boolean => StoredValues::Booleans(columns.column_opt(column)?),
            StoredKind::Integer => StoredValues::Integers(columns.column_opt(column)?),
            StoredKind::Float => StoredValues::Floats(columns.column_opt(column)?),
            StoredKind::Text => StoredValues::Texts(columns.str(column)?.map(|column| TextReader::new(column, memory))),
        };
        let gathered = memory.reservation();
        Ok(ColumnReader { values, wanted: *wanted, order: *order, rows: Rows::default(), gathered })
    }

    /// Replaces `out` by the values of `docs`, which ascend. Values of one document are sorted ascending, but for points.
    pub(crate) fn gather(&mut self, docs: &[DocId], out: &mut BatchColumn) -> Result<(), Error> {
        out.values.clear();
        out.starts.clear();
        let order = self.order;
        let rows = &mut self.rows;
        let gathered = &mut self.gathered;
        match (&mut self.values, &mut out.values) {
            (StoredValues::Booleans(column), Values::Booleans(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.booleans, &mut out.starts, gathered, bool::cmp)?;
                values.extend(rows.booleans.iter().map(|value| u8::from(*value)));
            }
            (StoredValues::Booleans(column), Values::Floats(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.booleans, &mut out.starts, gathered, bool::cmp)?;
                values.extend(rows.booleans.iter().map(|value| f64::from(u8::from(*value))));
            }
            (StoredValues::Integers(column), Values::Integers(values)) => {
                gather_sorted(column.as_ref(), docs, values, &mut out.starts, gathered, i64::cmp)?;
            }
            (StoredValues::Integers(column), Values::Floats(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.integers, &mut out.starts, gathered, i64::cmp)?;
                values.extend(rows.integers.iter().map(|value| *value as f64));
            }
            (StoredValues::Floats(column), Values::Floats(values)) => {
                let compare = |left: &f64, right: &f64| match order {
                    Order::Ascending => left.total_cmp(right),
                    Order::AsIndexed => std::cmp::Ordering::Equal,
                };
                gather_sorted(column.as_ref(), docs, values, &mut out.starts, gathered, compare)?;
            }
            (StoredValues::Texts(None), Values::Texts(_)) => out.starts.resize(docs.len() + 1, 0),
            (StoredValues::Texts(Some(texts)), Values::Texts(dictionary)) => {
                texts.gather(docs, dictionary, &mut out.starts, gathered)?;
            }
            _ => unreachable!("a column source is only made for a stored kind that fits the wanted one"),
        }
        Ok(())
    }

    /// An empty column to gather into.
    pub(crate) fn empty(&self) -> BatchColumn {
        BatchColumn::empty(self.wanted)
    }
}
