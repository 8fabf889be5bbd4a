//! Values of fields, gathered for batches of documents as functions want them.

mod texts;

use quidditch_function::{Column as BatchColumn, ColumnKind, ColumnRequest, Values};
use quidditch_index::{Field, FieldKind, Mapping};
use tantivy::columnar::{Column, ColumnIndex};
use tantivy::{DocId, SegmentReader};

use texts::TextReader;

use crate::Error;

/// A field's column, and what its values are to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnSource {
    /// The column's name in a segment.
    column: String,
    stored: StoredKind,
    wanted: ColumnKind,
    order: Order,
}

/// In which order the values of one document come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Ascending,
    AsIndexed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StoredKind {
    Boolean,
    Integer,
    Float,
    Text,
}

impl ColumnSource {
    /// Checks a request against the mapping; the error says what the field is and what would do.
    pub(crate) fn find(mapping: &Mapping, request: &ColumnRequest) -> Result<Self, String> {
        let ColumnRequest { field, kind: wanted } = request;
        let (column, stored) = stored_column(mapping, field)?;
        let fits = match wanted {
            ColumnKind::Booleans => stored == StoredKind::Boolean,
            ColumnKind::Integers => stored == StoredKind::Integer,
            ColumnKind::Dates => {
                mapping.field(field).is_some_and(|field| matches!(field.kind(), FieldKind::Date { .. }))
            }
            ColumnKind::Floats => matches!(stored, StoredKind::Integer | StoredKind::Float),
            ColumnKind::Texts => stored == StoredKind::Text,
        };
        if fits {
            return Ok(ColumnSource { column, stored, wanted: *wanted, order: Order::Ascending });
        }
        let is = mapping.field(field).map_or("double", |field| field.kind().type_name());
        Err(format!("field [{field}] is a {is} and cannot be read as {}", wanted.name()))
    }

    /// A numeric field as floats, for built-in scorers.
    pub(crate) fn floats(mapping: &Mapping, field: &str) -> Result<Self, String> {
        Self::find(mapping, &ColumnRequest { field: field.to_owned(), kind: ColumnKind::Floats })
    }

    /// One axis of a point, in the order of the document: the other axis must still belong to it.
    pub(crate) fn point_axis(mapping: &Mapping, axis: &str) -> Result<Self, String> {
        Ok(ColumnSource { order: Order::AsIndexed, ..Self::floats(mapping, axis)? })
    }

    /// Name of the column.
    pub(crate) fn column(&self) -> &str {
        &self.column
    }

    pub(crate) fn open(&self, segment: &SegmentReader) -> Result<ColumnReader, Error> {
        let columns = segment.fast_fields();
        let values = match self.stored {
            StoredKind::Boolean => StoredValues::Booleans(columns.column_opt(&self.column)?),
            StoredKind::Integer => StoredValues::Integers(columns.column_opt(&self.column)?),
            StoredKind::Float => StoredValues::Floats(columns.column_opt(&self.column)?),
            StoredKind::Text => StoredValues::Texts(columns.str(&self.column)?.map(TextReader::new)),
        };
        Ok(ColumnReader { values, wanted: self.wanted, order: self.order, rows: Rows::default() })
    }
}

/// A geo point `f` has no column of its own, but offers `f.lat` and `f.lon`.
fn stored_column(mapping: &Mapping, name: &str) -> Result<(String, StoredKind), String> {
    if let Some(field) = mapping.field(name) {
        let stored = match field.kind() {
            FieldKind::Boolean => StoredKind::Boolean,
            FieldKind::Long | FieldKind::Integer | FieldKind::Date { .. } => StoredKind::Integer,
            FieldKind::Double | FieldKind::Float => StoredKind::Float,
            FieldKind::Keyword { .. } => StoredKind::Text,
            FieldKind::Text { .. } => return Err(text_has_no_column(mapping, name)),
            FieldKind::GeoPoint => {
                return Err(format!("field [{name}] is a geo_point, its columns are [{name}.lat] and [{name}.lon]"));
            }
        };
        let column = field.column_name().expect("every field but text and geo_point has a column");
        return Ok((column.to_owned(), stored));
    }
    let point = name.strip_suffix(".lat").or_else(|| name.strip_suffix(".lon")).and_then(|point| mapping.field(point));
    match point.and_then(Field::point_columns) {
        Some((lat, lon)) => Ok((if name.ends_with(".lat") { lat } else { lon }.to_owned(), StoredKind::Float)),
        None => Err(format!("the mapping has no field [{name}]")),
    }
}

/// Why a `text` field cannot be read or sorted by, with the sub-field to use where there is one.
pub(crate) fn text_has_no_column(mapping: &Mapping, name: &str) -> String {
    let inside = format!("{name}.");
    let mut fields = mapping.fields().iter();
    let keyword =
        fields.find(|field| field.name().starts_with(&inside) && matches!(field.kind(), FieldKind::Keyword { .. }));
    match keyword {
        Some(keyword) => format!("field [{name}] is analyzed text and has no column, use [{}]", keyword.name()),
        None => format!("field [{name}] is analyzed text and has no column, use a keyword field"),
    }
}

/// A column of one segment.
pub(crate) struct ColumnReader {
    values: StoredValues,
    wanted: ColumnKind,
    order: Order,
    rows: Rows,
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
    /// Replaces `out` by the values of `docs`, which ascend. Values of one document are sorted ascending, but for points.
    pub(crate) fn gather(&mut self, docs: &[DocId], out: &mut BatchColumn) -> Result<(), Error> {
        out.values.clear();
        out.starts.clear();
        let order = self.order;
        let rows = &mut self.rows;
        match (&mut self.values, &mut out.values) {
            (StoredValues::Booleans(column), Values::Booleans(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.booleans, &mut out.starts, bool::cmp);
                values.extend(rows.booleans.iter().map(|value| u8::from(*value)));
            }
            (StoredValues::Integers(column), Values::Integers(values)) => {
                gather_sorted(column.as_ref(), docs, values, &mut out.starts, i64::cmp);
            }
            (StoredValues::Integers(column), Values::Floats(values)) => {
                gather_sorted(column.as_ref(), docs, &mut rows.integers, &mut out.starts, i64::cmp);
                values.extend(rows.integers.iter().map(|value| *value as f64));
            }
            (StoredValues::Floats(column), Values::Floats(values)) => {
                gather_sorted(column.as_ref(), docs, values, &mut out.starts, |one, other| match order {
                    Order::Ascending => one.total_cmp(other),
                    Order::AsIndexed => std::cmp::Ordering::Equal,
                });
            }
            (StoredValues::Texts(None), Values::Texts(_)) => out.starts.resize(docs.len() + 1, 0),
            (StoredValues::Texts(Some(texts)), Values::Texts(dictionary)) => {
                texts.gather(docs, dictionary, &mut out.starts)?;
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

/// A numeric column of one segment, for built-in stages: gathers into memory of its own.
pub(crate) struct FloatReader {
    reader: ColumnReader,
    column: BatchColumn,
}

impl FloatReader {
    pub(crate) fn open(source: &ColumnSource, segment: &SegmentReader) -> Result<Self, Error> {
        let reader = source.open(segment)?;
        Ok(FloatReader { column: reader.empty(), reader })
    }

    /// The values of `docs`, which ascend.
    pub(crate) fn gather(&mut self, docs: &[DocId]) -> Result<Floats<'_>, Error> {
        self.reader.gather(docs, &mut self.column)?;
        match &self.column.values {
            Values::Floats(values) => Ok(Floats { column: &self.column, values }),
            _ => unreachable!("it is only opened for sources that give floats"),
        }
    }
}

/// Numbers of one batch.
pub(crate) struct Floats<'a> {
    column: &'a BatchColumn,
    values: &'a [f64],
}

impl<'a> Floats<'a> {
    /// The values of the document at a position of the batch.
    pub(crate) fn of(&self, position: usize) -> &'a [f64] {
        &self.values[self.column.range(position)]
    }
}

/// Replaces `out` by the values of `docs` and `starts` by where each document's begin; `starts` stays empty where every
/// document has exactly one.
fn gather_sorted<T: Copy + Default + PartialOrd + std::fmt::Debug + Send + Sync + 'static>(
    column: Option<&Column<T>>,
    docs: &[DocId],
    out: &mut Vec<T>,
    starts: &mut Vec<u32>,
    compare: impl Fn(&T, &T) -> std::cmp::Ordering,
) {
    out.clear();
    let Some(column) = column else {
        starts.resize(docs.len() + 1, 0);
        return;
    };
    if matches!(column.index, ColumnIndex::Full) {
        out.resize(docs.len(), T::default());
        gather_full(column, docs, out);
        return;
    }
    starts.push(0);
    let mut one_each = true;
    for &doc in docs {
        let first = out.len();
        let rows = column.index.value_row_ids(doc);
        one_each &= rows.len() == 1;
        out.extend(rows.map(|row| column.values.get_val(row)));
        if out.len() - first > 1 {
            out[first..].sort_by(&compare);
        }
        starts.push(out.len() as u32);
    }
    if one_each {
        starts.clear();
    }
}

fn gather_full<T: Copy + PartialOrd + std::fmt::Debug + Send + Sync + 'static>(
    column: &Column<T>,
    docs: &[DocId],
    out: &mut [T],
) {
    match (docs.first(), docs.last()) {
        (Some(&first), Some(&last)) if (last - first) as usize + 1 == docs.len() => {
            column.values.get_range(u64::from(first), out);
        }
        _ => column.values.get_vals(docs, out),
    }
}
