//! All values of a computed column in a segment, in the form of a stored column.

use quidditch_function::{Column as BatchColumn, ColumnKind, Dictionary, Values};
use tantivy::columnar::{ColumnType, ColumnarReader, ColumnarWriter, DynamicColumnHandle};
use tantivy::{DocId, SegmentReader, TantivyError};

use super::computed_column::ComputedColumn;
use super::gather::VALUE_BYTES;
use crate::Error;
use crate::memory::Reservation;
use crate::nested::ScopeDocuments;

/// Documents whose values are computed together.
const BATCH: usize = 4_096;

/// The only column of the columns that are written here.
const NAME: &str = "computed";

/// Computes the values of all documents of a segment that are not deleted, without nested objects. They are counted in
/// `reservation`.
pub(super) fn materialise(
    column: &dyn ComputedColumn,
    segment: &SegmentReader,
    documents: Option<&ScopeDocuments>,
    reservation: &mut Reservation,
) -> Result<DynamicColumnHandle, Error> {
    let kind = column.kind();
    let mut opened = column.open(segment)?;
    let mut writer = ColumnarWriter::default();
    writer.record_column_type(NAME, column_type(kind), kind == ColumnKind::Texts);
    let mut values = BatchColumn::empty(kind);
    let mut docs: Vec<DocId> = Vec::with_capacity(BATCH);
    let documents = documents.map(|documents| documents.of(segment)).transpose()?;
    let is_wanted = |doc: &DocId| documents.as_ref().is_none_or(|documents| documents.contains(*doc));
    let mut alive = segment.doc_ids_alive().filter(is_wanted);
    loop {
        docs.clear();
        docs.extend(alive.by_ref().take(BATCH));
        if docs.is_empty() {
            break;
        }
        opened.gather(&docs, &mut values)?;
        reservation.add(values.values.len() * VALUE_BYTES + text_bytes(&values))?;
        for (position, doc) in docs.iter().enumerate() {
            record(&mut writer, *doc, &values, position);
        }
    }
    let mut bytes = Vec::new();
    let written = writer.serialize(segment.max_doc(), None, &mut bytes);
    let handles = written.and_then(|()| ColumnarReader::open(bytes)?.read_columns(NAME)).map_err(TantivyError::from)?;
    handles
        .into_iter()
        .next()
        .ok_or_else(|| TantivyError::InternalError("a computed column is missing".to_owned()).into())
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
