//! A column of one segment.

use quidditch_function::{Column as BatchColumn, ColumnKind, Values};
use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader, u64_to_f64, u64_to_i64};

use super::bits_column::bits_column;
use super::computed_column::SegmentComputedColumn;
use super::gather::{VALUE_BYTES, gather_sorted};
use super::source::{ColumnSource, Order, Origin, StoredKind};
use super::texts::{TextForm, TextReader};
use crate::Error;
use crate::memory::Reservation;

/// A column of one segment.
pub(crate) struct ColumnReader {
    values: ReadValues,
    wanted: ColumnKind,
    order: Order,
    rows: Rows,
    /// For the values of the largest batch so far.
    gathered: Reservation,
}

/// `None` where no document of the segment has a value.
enum ReadValues {
    Booleans(Option<Column<bool>>),
    /// As bits.
    Integers(Option<Column<u64>>),
    /// As bits.
    Floats(Option<Column<u64>>),
    Texts(Option<TextReader>),
    Computed(Computed),
    /// Set by the caller, and not gathered.
    Input,
}

/// A computed column, and what it computed last.
struct Computed {
    column: Box<dyn SegmentComputedColumn>,
    values: BatchColumn,
}

/// Scratch memory of a gathering.
#[derive(Default)]
struct Rows {
    booleans: Vec<bool>,
    bits: Vec<u64>,
}

impl ColumnReader {
    pub(crate) fn open(source: &ColumnSource, segment: &SegmentReader) -> Result<Self, Error> {
        let columns = segment.fast_fields();
        let ColumnSource { origin, wanted, order, memory } = source;
        let values = match origin {
            Origin::Stored { column, kind: StoredKind::Boolean } => ReadValues::Booleans(columns.column_opt(column)?),
            Origin::Stored { column, kind: StoredKind::Integer } => ReadValues::Integers(bits_column(column, segment)?),
            Origin::Stored { column, kind: StoredKind::Float } => ReadValues::Floats(bits_column(column, segment)?),
            Origin::Stored { column, kind: kind @ (StoredKind::Text | StoredKind::Address) } => {
                let form = if *kind == StoredKind::Address { TextForm::Address } else { TextForm::Plain };
                ReadValues::Texts(columns.str(column)?.map(|column| TextReader::new(column, form, memory)))
            }
            Origin::Computed(column) => {
                let values = BatchColumn::empty(column.kind());
                ReadValues::Computed(Computed { column: column.open(segment)?, values })
            }
            Origin::Input(_) => ReadValues::Input,
        };
        let gathered = memory.reservation();
        Ok(ColumnReader { values, wanted: *wanted, order: *order, rows: Rows::default(), gathered })
    }

    /// Replaces `out` by the values of `docs`, which ascend. Values of one document are sorted ascending, but for points.
    pub(crate) fn gather(&mut self, docs: &[DocId], out: &mut BatchColumn) -> Result<(), Error> {
        if let ReadValues::Input = self.values {
            return Ok(());
        }
        out.values.clear();
        out.starts.clear();
        let order = self.order;
        let rows = &mut self.rows;
        let gathered = &mut self.gathered;
        match (&mut self.values, &mut out.values) {
            (ReadValues::Booleans(column), Values::Booleans(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.booleans, &mut out.starts, gathered, bool::cmp)?;
                values.extend(rows.booleans.iter().map(|value| u8::from(*value)));
            }
            (ReadValues::Booleans(column), Values::Floats(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.booleans, &mut out.starts, gathered, bool::cmp)?;
                values.extend(rows.booleans.iter().map(|value| f64::from(u8::from(*value))));
            }
            (ReadValues::Integers(column), Values::Integers(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.bits, &mut out.starts, gathered, u64::cmp)?;
                values.extend(rows.bits.iter().map(|bits| u64_to_i64(*bits)));
            }
            (ReadValues::Integers(column), Values::Floats(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.bits, &mut out.starts, gathered, u64::cmp)?;
                values.extend(rows.bits.iter().map(|bits| u64_to_i64(*bits) as f64));
            }
            (ReadValues::Floats(column), Values::Floats(values)) => {
                let compare = |left: &u64, right: &u64| match order {
                    Order::Ascending => left.cmp(right),
                    Order::AsIndexed => std::cmp::Ordering::Equal,
                };
                gather_sorted(column.as_ref(), docs, &mut rows.bits, &mut out.starts, gathered, compare)?;
                values.extend(rows.bits.iter().map(|bits| u64_to_f64(*bits)));
            }
            (ReadValues::Texts(None), Values::Texts(_)) => out.starts.resize(docs.len() + 1, 0),
            (ReadValues::Texts(Some(texts)), Values::Texts(dictionary)) => {
                texts.gather(docs, dictionary, &mut out.starts, gathered)?;
            }
            (ReadValues::Computed(Computed { column, values: computed }), values) => {
                column.gather(docs, &[], computed)?;
                gathered.reach(computed.values.len() * VALUE_BYTES)?;
                out.starts.extend_from_slice(&computed.starts);
                convert(&computed.values, values);
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

/// Adds computed values to an empty list of the wanted type.
fn convert(computed: &Values, wanted: &mut Values) {
    match (computed, wanted) {
        (Values::Booleans(from), Values::Booleans(to)) => to.extend_from_slice(from),
        (Values::Booleans(from), Values::Floats(to)) => to.extend(from.iter().map(|value| f64::from(*value))),
        (Values::Integers(from), Values::Integers(to)) => to.extend_from_slice(from),
        (Values::Integers(from), Values::Floats(to)) => to.extend(from.iter().map(|value| *value as f64)),
        (Values::Floats(from), Values::Floats(to)) => to.extend_from_slice(from),
        (Values::Texts(from), Values::Texts(to)) => to.clone_from(from),
        _ => unreachable!("a column source is only made for a computed kind that fits the wanted one"),
    }
}
