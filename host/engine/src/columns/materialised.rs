//! The values of a computed column for documents of a segment, in the form of a stored column.

use std::sync::Arc;

use quidditch_function::{Column as BatchColumn, ColumnKind, Dictionary, Values};
use tantivy::columnar::column_values::{StrictlyMonotonicFn, VecColumn, monotonic_map_column};
use tantivy::columnar::{
    Column, ColumnIndex, ColumnType, ColumnarReader, ColumnarWriter, DynamicColumn, DynamicColumnHandle,
    MonotonicallyMappableToU64, StrColumn,
};
use tantivy::{DocId, TantivyError, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use super::distinct_texts::DistinctTexts;
use super::gather::{VALUE_BYTES, consecutive};
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
    /// One text for each document, as its place in a dictionary. Documents that were not added have any text.
    OneTextEach {
        dictionary: StrColumn,
        ordinals: Column<u64>,
    },
    Written {
        kind: ColumnKind,
        column: DynamicColumnHandle,
    },
}

/// The values of a computed column, by their type.
pub(crate) enum OpenColumn {
    Integers(Column<i64>),
    Floats(Column<f64>),
    Booleans(Column<bool>),
    Texts {
        /// Only its dictionary counts.
        dictionary: StrColumn,
        /// The places of the texts in the dictionary.
        ordinals: Column<u64>,
    },
}

impl Materialised {
    pub(super) fn kind(&self) -> ColumnKind {
        match self {
            Materialised::OneEach { kind, .. } | Materialised::Written { kind, .. } => *kind,
            Materialised::OneTextEach { .. } => ColumnKind::Texts,
        }
    }

    /// The values by their type.
    pub(super) fn open(&self) -> Result<OpenColumn, Error> {
        Ok(match self {
            Materialised::Written { column, .. } => match column.open().map_err(TantivyError::from)? {
                DynamicColumn::I64(column) => OpenColumn::Integers(column),
                DynamicColumn::F64(column) => OpenColumn::Floats(column),
                DynamicColumn::Bool(column) => OpenColumn::Booleans(column),
                DynamicColumn::Str(column) => OpenColumn::Texts { ordinals: column.ords().clone(), dictionary: column },
                other => {
                    let reason = format!("a computed column is of the type {:?}", other.column_type());
                    return Err(TantivyError::InternalError(reason).into());
                }
            },
            Materialised::OneTextEach { dictionary, ordinals } => {
                OpenColumn::Texts { dictionary: dictionary.clone(), ordinals: ordinals.clone() }
            }
            Materialised::OneEach { kind: ColumnKind::Floats, bits } => OpenColumn::Floats(from_bits(bits)),
            Materialised::OneEach { kind: ColumnKind::Booleans, bits } => OpenColumn::Booleans(from_bits(bits)),
            Materialised::OneEach { bits, .. } => OpenColumn::Integers(from_bits(bits)),
        })
    }

    /// Numbers and dates as bits that order like them; booleans as 0 and 1.
    pub(super) fn bits(&self) -> Result<Option<Column<u64>>, Error> {
        Ok(match self {
            Materialised::Written { column, .. } => column.open_u64_lenient().map_err(TantivyError::from)?,
            Materialised::OneEach { bits, .. } => Some(bits.clone()),
            Materialised::OneTextEach { ordinals, .. } => Some(ordinals.clone()),
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
    /// As long as each document has one value: by document.
    OneEach {
        /// Numbers as bits, texts as their numbers among `texts`.
        bits: Vec<u64>,
        docs: Vec<DocId>,
        texts: DistinctTexts,
    },
    Columnar(Box<ColumnarWriter>),
}

impl MaterialisedWriter {
    /// For this many documents of a segment with `max_doc`.
    pub(super) fn new(kind: ColumnKind, max_doc: u32, documents: usize) -> Self {
        // A value for each document of the segment is worth it only if many of them have one.
        let are_many = documents >= max_doc as usize / 8;
        let state = if are_many {
            State::OneEach { bits: Vec::new(), docs: Vec::new(), texts: DistinctTexts::default() }
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
        if let State::OneEach { bits, docs: added, texts } = &mut self.state
            && values.starts.is_empty()
        {
            if bits.is_empty() {
                reservation.add(self.max_doc as usize * size_of::<u64>())?;
                bits.resize(self.max_doc as usize, 0);
            }
            reservation.add(size_of_val(docs))?;
            added.extend_from_slice(docs);
            match &values.values {
                Values::Booleans(values) => put(bits, docs, values.iter().map(|value| u64::from(*value))),
                Values::Integers(values) => put(bits, docs, values.iter().map(|value| i64_to_u64(*value))),
                Values::Floats(values) => put(bits, docs, values.iter().map(|value| f64_to_u64(*value))),
                Values::Texts(dictionary) => put(bits, docs, texts.numbers_of(dictionary, reservation)?.into_iter()),
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
        if let State::OneEach { bits, docs, texts } = &self.state {
            let mut writer = columnar(self.kind);
            for doc in docs {
                let bits = bits[*doc as usize];
                match self.kind {
                    ColumnKind::Booleans => writer.record_bool(*doc, NAME, bits != 0),
                    ColumnKind::Floats => writer.record_numerical(*doc, NAME, u64_to_f64(bits)),
                    ColumnKind::Texts => writer.record_str(*doc, NAME, texts.text(bits)),
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
        if let State::OneEach { bits, docs, texts } = &mut self.state
            && !docs.is_empty()
        {
            let any = bits[docs[0] as usize];
            if docs.len() < bits.len() {
                // The bounds of the column are those of the values.
                let mut next = docs.iter().copied().peekable();
                for (doc, bits) in bits.iter_mut().enumerate() {
                    if next.next_if(|next| *next as usize == doc).is_none() {
                        *bits = any;
                    }
                }
            }
            let bits = std::mem::take(bits);
            let column = |bits: Vec<u64>| Column { index: ColumnIndex::Full, values: Arc::new(VecColumn::from(bits)) };
            if kind != ColumnKind::Texts {
                return Ok(Materialised::OneEach { kind, bits: column(bits) });
            }
            let (dictionary, places) = std::mem::take(texts).into_dictionary(reservation)?;
            let ordinals = bits.into_iter().map(|number| places[number as usize]).collect();
            return Ok(Materialised::OneTextEach { dictionary, ordinals: column(ordinals) });
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

/// Stores the values of documents, which ascend.
fn put(bits: &mut [u64], docs: &[DocId], values: impl Iterator<Item = u64>) {
    match consecutive(docs) {
        Some(range) => bits[range].iter_mut().zip(values).for_each(|(bits, value)| *bits = value),
        None => docs.iter().zip(values).for_each(|(doc, value)| bits[*doc as usize] = value),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Memory, MemoryScope};

    const MAX_DOC: u32 = 6;

    /// Texts of documents, and where those of each begin; a text with the code 0 that no document has comes first.
    fn texts(texts: &[&str], starts: &[u32]) -> BatchColumn {
        let mut dictionary = Dictionary::default();
        dictionary.push_text("unused");
        dictionary.codes = texts.iter().map(|text| dictionary.push_text(text)).collect();
        BatchColumn { values: Values::Texts(dictionary), starts: starts.to_vec() }
    }

    /// The texts of each document, and all texts of the dictionary.
    fn written(batches: &[(&[DocId], BatchColumn)]) -> (Vec<Vec<String>>, usize) {
        let mut reservation = Memory::new(MemoryScope::Search, 1 << 20).reservation();
        let mut writer = MaterialisedWriter::new(ColumnKind::Texts, MAX_DOC, MAX_DOC as usize);
        for (docs, values) in batches {
            writer.add(docs, values, &mut reservation).expect("there is memory");
        }
        let column = writer.finish(&mut reservation).expect("it is written");
        let Ok(OpenColumn::Texts { dictionary, ordinals }) = column.open() else { panic!("texts") };
        let text = |ordinal| {
            let mut text = String::new();
            assert!(dictionary.ord_to_str(ordinal, &mut text).expect("readable"));
            text
        };
        let texts = (0..MAX_DOC).map(|doc| ordinals.values_for_doc(doc).map(text).collect()).collect();
        (texts, dictionary.num_terms())
    }

    #[test]
    fn documents_with_one_text_each_share_a_dictionary() {
        let (of_docs, terms) =
            written(&[(&[0, 1, 2], texts(&["b", "a", "ä"], &[])), (&[3, 5], texts(&["a", ""], &[]))]);
        assert_eq!(
            (&of_docs[..4], &of_docs[5]),
            (&["b", "a", "ä", "a"].map(|text| vec![text.to_owned()])[..], &vec![String::new()])
        );
        assert_eq!(terms, 4);
    }

    #[test]
    fn a_later_document_may_have_several_texts_or_none() {
        let (of_docs, terms) =
            written(&[(&[0, 2], texts(&["b", "a"], &[])), (&[3, 4], texts(&["a", "c"], &[0, 2, 2]))]);
        let of = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(of_docs, [of(&["b"]), of(&[]), of(&["a"]), of(&["a", "c"]), of(&[]), of(&[])]);
        assert_eq!(terms, 3);
    }
}
