//! The values of a computed column for documents of a segment, in the form of a stored column.

use std::sync::Arc;

use quidditch_function::{Column as BatchColumn, ColumnKind, Dictionary, Values};
use tantivy::columnar::column_values::{StrictlyMonotonicFn, monotonic_map_column};
use tantivy::columnar::{
    Column, ColumnIndex, ColumnType, ColumnarReader, ColumnarWriter, DynamicColumn, DynamicColumnHandle,
    MonotonicallyMappableToU64, StrColumn,
};
use tantivy::{DocId, TantivyError, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use super::distinct_texts::DistinctTexts;
use super::gather::{VALUE_BYTES, consecutive};
use super::span_column::SpanColumn;
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

/// Writes the values of the matches of a segment.
pub(super) struct MaterialisedWriter<'a> {
    kind: ColumnKind,
    max_doc: u32,
    /// The matches, ascending.
    matches: &'a [DocId],
    /// How many of the matches were added or left out.
    done: usize,
    /// The matches without a value that can be read, ascending.
    left_out: Vec<DocId>,
    state: State,
}

enum State {
    /// As long as each document has one value: from the first match on.
    OneEach {
        /// Numbers as bits, texts as their numbers among `texts`. Documents in between that were not added have any.
        bits: Vec<u64>,
        texts: DistinctTexts,
    },
    Columnar(Box<ColumnarWriter>),
}

impl<'a> MaterialisedWriter<'a> {
    /// For matches, which ascend, of a segment with `max_doc`.
    pub(super) fn new(kind: ColumnKind, matches: &'a [DocId], max_doc: u32) -> Self {
        // A value for each document in between is worth it only if many of them have one.
        let are_many = matches.len() >= span(matches) / 8;
        let state = if are_many {
            State::OneEach { bits: Vec::new(), texts: DistinctTexts::default() }
        } else {
            State::Columnar(columnar(kind))
        };
        MaterialisedWriter { kind, max_doc, matches, done: 0, left_out: Vec::new(), state }
    }

    /// Adds the values of the next matches. Their memory is counted.
    pub(super) fn add(
        &mut self,
        values: &BatchColumn,
        count: usize,
        reservation: &mut Reservation,
    ) -> Result<(), Error> {
        let matches = self.matches;
        let docs = &matches[self.done..self.done + count];
        if let State::OneEach { bits, texts } = &mut self.state
            && values.starts.is_empty()
            && let Some(first) = matches.first()
        {
            if bits.capacity() == 0 {
                reservation.add(span(matches) * size_of::<u64>())?;
                bits.reserve_exact(span(matches));
            }
            match &values.values {
                Values::Booleans(values) => put(bits, *first, docs, values.iter().map(|value| u64::from(*value))),
                Values::Integers(values) => put(bits, *first, docs, values.iter().map(|value| i64_to_u64(*value))),
                Values::Floats(values) => put(bits, *first, docs, values.iter().map(|value| f64_to_u64(*value))),
                Values::Texts(dictionary) => {
                    put(bits, *first, docs, texts.numbers_of(dictionary, reservation)?.into_iter());
                }
            }
        } else {
            reservation.add(values.values.len() * VALUE_BYTES + text_bytes(values))?;
            let writer = self.columnar();
            for (position, doc) in docs.iter().enumerate() {
                record(writer, *doc, values, position);
            }
        }
        self.done += count;
        Ok(())
    }

    /// Leaves out the next match, whose value cannot be read.
    pub(super) fn leave_out(&mut self) {
        self.left_out.push(self.matches[self.done]);
        self.done += 1;
    }

    /// The writer of any values, which gets those that were added.
    fn columnar(&mut self) -> &mut ColumnarWriter {
        if let State::OneEach { bits, texts } = &self.state {
            let mut writer = columnar(self.kind);
            let added = &self.matches[..self.done];
            for doc in added.iter().filter(|doc| self.left_out.binary_search(doc).is_err()) {
                let bits = bits[(*doc - self.matches[0]) as usize];
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

    /// The column, and the matches that were left out.
    pub(super) fn finish(mut self, reservation: &mut Reservation) -> Result<(Materialised, Vec<DocId>), Error> {
        let values = self.materialise(reservation)?;
        Ok((values, self.left_out))
    }

    fn materialise(&mut self, reservation: &mut Reservation) -> Result<Materialised, Error> {
        let (kind, max_doc) = (self.kind, self.max_doc);
        if let State::OneEach { bits, texts } = &mut self.state
            && !bits.is_empty()
        {
            let (first, bits) = (self.matches[0], std::mem::take(bits));
            let column = |bits: Vec<u64>| Column {
                index: ColumnIndex::Full,
                values: Arc::new(SpanColumn::new(first, bits, max_doc)),
            };
            if kind != ColumnKind::Texts {
                return Ok(Materialised::OneEach { kind, bits: column(bits) });
            }
            let (dictionary, places) = std::mem::take(texts).into_dictionary(reservation)?;
            let ordinals = bits.into_iter().map(|number| places[number as usize]).collect();
            return Ok(Materialised::OneTextEach { dictionary, ordinals: column(ordinals) });
        }
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

/// Appends the values of documents, which ascend, to those of the documents from `first` on.
fn put(bits: &mut Vec<u64>, first: DocId, docs: &[DocId], values: impl Iterator<Item = u64>) {
    if let Some(range) = consecutive(docs)
        && range.start == first as usize + bits.len()
    {
        bits.extend(values);
        return;
    }
    for (doc, value) in docs.iter().zip(values) {
        // Documents in between get this value, too, so that the bounds of the column are those of the values.
        bits.resize((*doc - first) as usize, value);
        bits.push(value);
    }
}

/// The number of documents from the first to the last.
fn span(docs: &[DocId]) -> usize {
    docs.first().zip(docs.last()).map_or(0, |(first, last)| (last - first) as usize + 1)
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
        let matches: Vec<DocId> = batches.iter().flat_map(|(docs, _)| docs.iter().copied()).collect();
        let mut writer = MaterialisedWriter::new(ColumnKind::Texts, &matches, MAX_DOC);
        for (docs, values) in batches {
            writer.add(values, docs.len(), &mut reservation).expect("there is memory");
        }
        let (column, _) = writer.finish(&mut reservation).expect("it is written");
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
