//! The values of a computed column for documents of a segment, in the form of a stored column.

use std::sync::Arc;

use quidditch_function::{Column as BatchColumn, ColumnKind, Dictionary, Values};
use tantivy::columnar::column_values::{StrictlyMonotonicFn, VecColumn, monotonic_map_column};
use tantivy::columnar::{
    Column, ColumnIndex, ColumnType, ColumnarReader, ColumnarWriter, DynamicColumn, DynamicColumnHandle,
    MonotonicallyMappableToU64,
};
use tantivy::{DocId, TantivyError, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use super::gather::VALUE_BYTES;
use crate::Error;
use crate::memory::Reservation;

/// The only column of the columns that are written here.
const NAME: &str = "computed";

/// Values of documents as a column of a segment.
pub(super) enum Materialised {
    /// One number for each document, as bits that order like it. Documents that were not added have any value.
    OneEach {
        kind: ColumnKind,
        bits: Column<u64>,
    },
    Written {
        kind: ColumnKind,
        column: DynamicColumnHandle,
    },
}

impl Materialised {
    pub(super) fn kind(&self) -> ColumnKind {
        match self {
            Materialised::OneEach { kind, .. } | Materialised::Written { kind, .. } => *kind,
        }
    }

    /// The values by their type.
    pub(super) fn open(&self) -> Result<DynamicColumn, Error> {
        Ok(match self {
            Materialised::Written { column, .. } => column.open().map_err(TantivyError::from)?,
            Materialised::OneEach { kind: ColumnKind::Floats, bits } => DynamicColumn::F64(from_bits(bits)),
            Materialised::OneEach { kind: ColumnKind::Booleans, bits } => DynamicColumn::Bool(from_bits(bits)),
            Materialised::OneEach { bits, .. } => DynamicColumn::I64(from_bits(bits)),
        })
    }

    /// Numbers and dates as bits that order like them; booleans as 0 and 1.
    pub(super) fn bits(&self) -> Result<Option<Column<u64>>, Error> {
        Ok(match self {
            Materialised::Written { column, .. } => column.open_u64_lenient().map_err(TantivyError::from)?,
            Materialised::OneEach { bits, .. } => Some(bits.clone()),
        })
    }
}

/// The numbers that bits stand for, without a copy of them.
fn from_bits<T: MonotonicallyMappableToU64>(bits: &Column<u64>) -> Column<T> {
    Column { index: bits.index.clone(), values: monotonic_map_column(Arc::clone(&bits.values), FromBits) }
}

struct FromBits;

impl<T: MonotonicallyMappableToU64> StrictlyMonotonicFn<u64, T> for FromBits {
    fn mapping(&self, bits: u64) -> T {
        T::from_u64(bits)
    }

    fn inverse(&self, number: T) -> u64 {
        number.to_u64()
    }
}

/// Writes the values of documents, which ascend.
pub(super) struct MaterialisedWriter {
    kind: ColumnKind,
    max_doc: u32,
    state: State,
}

enum State {
    /// As long as each document has one number: by document.
    OneEach {
        bits: Vec<u64>,
        docs: Vec<DocId>,
    },
    Columnar(Box<ColumnarWriter>),
}

impl MaterialisedWriter {
    /// For this many documents of a segment with `max_doc`.
    pub(super) fn new(kind: ColumnKind, max_doc: u32, documents: usize) -> Self {
        // A value for each document of the segment is worth it only if many of them have one.
        let are_many = documents >= max_doc as usize / 8;
        let state = if kind != ColumnKind::Texts && are_many {
            State::OneEach { bits: Vec::new(), docs: Vec::new() }
        } else {
            State::Columnar(columnar(kind))
        };
        MaterialisedWriter { kind, max_doc, state }
    }

    /// Adds the values of documents. Their memory is counted.
    pub(super) fn add(
        &mut self,
        docs: &[DocId],
        values: &BatchColumn,
        reservation: &mut Reservation,
    ) -> Result<(), Error> {
        if let State::OneEach { bits, docs: added } = &mut self.state
            && values.starts.is_empty()
        {
            if bits.is_empty() {
                reservation.add(self.max_doc as usize * size_of::<u64>())?;
                bits.resize(self.max_doc as usize, 0);
            }
            reservation.add(size_of_val(docs))?;
            added.extend_from_slice(docs);
            let mut put = |position: usize, value: u64| bits[docs[position] as usize] = value;
            match &values.values {
                Values::Booleans(values) => values.iter().enumerate().for_each(|(at, value)| put(at, (*value).into())),
                Values::Integers(values) => {
                    values.iter().enumerate().for_each(|(at, value)| put(at, i64_to_u64(*value)));
                }
                Values::Floats(values) => values.iter().enumerate().for_each(|(at, value)| put(at, f64_to_u64(*value))),
                Values::Texts(_) => {}
            }
            return Ok(());
        }
        reservation.add(values.values.len() * VALUE_BYTES + text_bytes(values))?;
        let writer = self.columnar();
        for (position, doc) in docs.iter().enumerate() {
            record(writer, *doc, values, position);
        }
        Ok(())
    }

    /// The writer of any values, which gets those that were added.
    fn columnar(&mut self) -> &mut ColumnarWriter {
        if let State::OneEach { bits, docs } = &self.state {
            let mut writer = columnar(self.kind);
            for doc in docs {
                let bits = bits[*doc as usize];
                match self.kind {
                    ColumnKind::Booleans => writer.record_bool(*doc, NAME, bits != 0),
                    ColumnKind::Floats => writer.record_numerical(*doc, NAME, u64_to_f64(bits)),
                    _ => writer.record_numerical(*doc, NAME, u64_to_i64(bits)),
                }
            }
            self.state = State::Columnar(writer);
        }
        match &mut self.state {
            State::Columnar(writer) => writer,
            State::OneEach { .. } => unreachable!("it was replaced"),
        }
    }

    pub(super) fn finish(mut self, reservation: &mut Reservation) -> Result<Materialised, Error> {
        let kind = self.kind;
        // A document that was not added has no value, which only the other form can say.
        if let State::OneEach { bits, docs } = &mut self.state
            && !docs.is_empty()
        {
            let first = docs[0] as usize;
            let any = bits[first];
            // The bounds of the column are those of the values.
            let mut next = docs.iter().copied().peekable();
            for (doc, bits) in bits.iter_mut().enumerate() {
                if next.next_if(|next| *next as usize == doc).is_none() {
                    *bits = any;
                }
            }
            let values = Arc::new(VecColumn::from(std::mem::take(bits)));
            return Ok(Materialised::OneEach { kind, bits: Column { index: ColumnIndex::Full, values } });
        }
        let max_doc = self.max_doc;
        let mut bytes = Vec::new();
        let written = self.columnar().serialize(max_doc, None, &mut bytes);
        reservation.add(bytes.len())?;
        let handles =
            written.and_then(|()| ColumnarReader::open(bytes)?.read_columns(NAME)).map_err(TantivyError::from)?;
        match handles.into_iter().next() {
            Some(column) => Ok(Materialised::Written { kind, column }),
            None => Err(TantivyError::InternalError("a computed column is missing".to_owned()).into()),
        }
    }
}

fn columnar(kind: ColumnKind) -> Box<ColumnarWriter> {
    let mut writer = Box::<ColumnarWriter>::default();
    writer.record_column_type(NAME, column_type(kind), kind == ColumnKind::Texts);
    writer
}

/// The type of the column of an index with values of this type.
fn column_type(kind: ColumnKind) -> ColumnType {
    match kind {
        ColumnKind::Booleans => ColumnType::Bool,
        // Dates are integers in an index, too.
        ColumnKind::Integers | ColumnKind::Dates => ColumnType::I64,
        ColumnKind::Floats => ColumnType::F64,
        ColumnKind::Texts => ColumnType::Str,
    }
}

fn record(writer: &mut ColumnarWriter, doc: DocId, column: &BatchColumn, position: usize) {
    let range = column.range(position);
    match &column.values {
        Values::Booleans(values) => values[range].iter().for_each(|value| writer.record_bool(doc, NAME, *value != 0)),
        Values::Integers(values) => values[range].iter().for_each(|value| writer.record_numerical(doc, NAME, *value)),
        Values::Floats(values) => values[range].iter().for_each(|value| writer.record_numerical(doc, NAME, *value)),
        Values::Texts(dictionary) => {
            for code in &dictionary.codes[range] {
                writer.record_str(doc, NAME, dictionary.text(*code).unwrap_or_default());
            }
        }
    }
}

fn text_bytes(column: &BatchColumn) -> usize {
    match &column.values {
        Values::Texts(Dictionary { bytes, .. }) => bytes.len(),
        _ => 0,
    }
}
