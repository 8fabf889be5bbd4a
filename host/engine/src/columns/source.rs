//! Where the values of a field are, and what they are read as.

use std::sync::Arc;

use quidditch_function::{ColumnKind, ColumnRequest};
use quidditch_index::{Field, FieldKind, Mapping};

use super::computed::{ComputedColumn, ComputedField};
use crate::memory::Memory;

/// A field's column, and the kind that its values are read as.
#[derive(Clone)]
pub(crate) struct ColumnSource {
    pub(super) origin: Origin,
    pub(super) wanted: ColumnKind,
    pub(super) order: Order,
    /// What its values are counted in.
    pub(super) memory: Arc<Memory>,
}

/// Where values come from.
#[derive(Clone)]
pub(super) enum Origin {
    /// A column of the index.
    Stored {
        /// Its name in a segment.
        column: String,
        kind: StoredKind,
    },
    /// A column that the request computes.
    Computed(Arc<dyn ComputedColumn>),
}

/// The order of the values of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    AsIndexed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoredKind {
    Boolean,
    Integer,
    Float,
    Text,
}

/// Why a field cannot be read as a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ColumnError {
    #[error("unknown field [{0}]")]
    UnknownField(String),
    #[error("field [{field}] is a {field_type} and cannot be read as {}", wanted.name())]
    WrongKind { field: String, field_type: &'static str, wanted: ColumnKind },
    #[error("field [{field}] is analyzed text and has no column, use {}", keyword_to_use(keyword.as_deref()))]
    AnalyzedText {
        field: String,
        /// A keyword sub-field that can be read instead.
        keyword: Option<String>,
    },
    #[error("field [{field}] of type [{field_type}] has no column")]
    NoColumn { field: String, field_type: &'static str },
    #[error("field [{0}] is an ip, which cannot be read as a column")]
    Ip(String),
    #[error("field [{0}] is a geo_point, its columns are [{0}.lat] and [{0}.lon]")]
    GeoPoint(String),
}

fn keyword_to_use(keyword: Option<&str>) -> String {
    keyword.map_or_else(|| "a keyword field".to_owned(), |keyword| format!("[{keyword}]"))
}

impl ColumnError {
    /// The values of a computed field are of another type.
    pub(crate) fn computed(computed: &ComputedField, wanted: ColumnKind) -> Self {
        let field = &computed.field;
        ColumnError::WrongKind { field: field.name().to_owned(), field_type: field.kind().type_name(), wanted }
    }

    /// The type of the field has no column.
    pub(crate) fn none(field: &Field) -> Self {
        ColumnError::NoColumn { field: field.name().to_owned(), field_type: field.kind().type_name() }
    }

    /// A `text` field cannot be read or sorted by.
    pub(crate) fn analyzed_text(mapping: &Mapping, field: &str) -> Self {
        let prefix = format!("{field}.");
        let is_keyword = |field: &&Field| matches!(field.kind(), FieldKind::Keyword { .. });
        let keyword = mapping.fields().iter().filter(is_keyword).find(|keyword| keyword.name().starts_with(&prefix));
        ColumnError::AnalyzedText { field: field.to_owned(), keyword: keyword.map(|field| field.name().to_owned()) }
    }
}

impl ColumnSource {
    /// Checks a request against the mapping. Values that are gathered count as used in `memory`.
    pub(crate) fn find(mapping: &Mapping, request: &ColumnRequest, memory: &Arc<Memory>) -> Result<Self, ColumnError> {
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
            let memory = Arc::clone(memory);
            let origin = Origin::Stored { column, kind: stored };
            return Ok(ColumnSource { origin, wanted: *wanted, order: Order::Ascending, memory });
        }
        let field_type = mapping.field(field).map_or("double", |field| field.kind().type_name());
        Err(ColumnError::WrongKind { field: field.clone(), field_type, wanted: *wanted })
    }

    /// A column that the request computes; `None` if its values cannot be read as this type.
    pub(crate) fn computed(column: &Arc<dyn ComputedColumn>, wanted: ColumnKind, memory: &Arc<Memory>) -> Option<Self> {
        let fits = match (column.kind(), wanted) {
            (ColumnKind::Booleans | ColumnKind::Integers | ColumnKind::Dates, ColumnKind::Floats) => true,
            (ColumnKind::Dates, ColumnKind::Integers) => true,
            (kind, wanted) => kind == wanted,
        };
        let (origin, memory) = (Origin::Computed(Arc::clone(column)), Arc::clone(memory));
        fits.then_some(ColumnSource { origin, wanted, order: Order::Ascending, memory })
    }

    /// A numeric field as floats, for built-in scorers.
    pub(crate) fn floats(mapping: &Mapping, field: &str, memory: &Arc<Memory>) -> Result<Self, ColumnError> {
        Self::find(mapping, &ColumnRequest { field: field.to_owned(), kind: ColumnKind::Floats }, memory)
    }

    /// A numeric or boolean field as floats, for built-in scorers.
    pub(crate) fn numbers(mapping: &Mapping, field: &str, memory: &Arc<Memory>) -> Result<Self, ColumnError> {
        match stored_column(mapping, field)? {
            (column, stored @ StoredKind::Boolean) => {
                let memory = Arc::clone(memory);
                let origin = Origin::Stored { column, kind: stored };
                Ok(ColumnSource { origin, wanted: ColumnKind::Floats, order: Order::Ascending, memory })
            }
            _ => Self::floats(mapping, field, memory),
        }
    }

    /// One axis of a point, in the order of the document: the other axis must still belong to it.
    pub(crate) fn point_axis(mapping: &Mapping, axis: &str, memory: &Arc<Memory>) -> Result<Self, ColumnError> {
        Ok(Self::floats(mapping, axis, memory)?.in_index_order())
    }

    /// The same with the values of a document in the order in which they were indexed.
    pub(crate) fn in_index_order(self) -> Self {
        ColumnSource { order: Order::AsIndexed, ..self }
    }

    /// Name of the stored column; `None` for a computed one.
    pub(crate) fn column(&self) -> Option<&str> {
        match &self.origin {
            Origin::Stored { column, .. } => Some(column),
            Origin::Computed(_) => None,
        }
    }
}

/// A geo point `f` has no column of its own, but offers `f.lat` and `f.lon`.
fn stored_column(mapping: &Mapping, name: &str) -> Result<(String, StoredKind), ColumnError> {
    if let Some(field) = mapping.field(name) {
        let stored = match field.kind() {
            FieldKind::Boolean => StoredKind::Boolean,
            FieldKind::Long
            | FieldKind::Integer
            | FieldKind::Short
            | FieldKind::Byte
            | FieldKind::TokenCount { .. }
            | FieldKind::Date { .. } => StoredKind::Integer,
            FieldKind::Double | FieldKind::Float | FieldKind::HalfFloat | FieldKind::ScaledFloat { .. } => {
                StoredKind::Float
            }
            FieldKind::Ip => return Err(ColumnError::Ip(name.to_owned())),
            FieldKind::Keyword { .. } => StoredKind::Text,
            FieldKind::Text { .. } => return Err(ColumnError::analyzed_text(mapping, name)),
            FieldKind::Range(_) | FieldKind::Binary | FieldKind::FlatObject => return Err(ColumnError::none(field)),
            FieldKind::GeoPoint => return Err(ColumnError::GeoPoint(name.to_owned())),
        };
        let column = field.column_name().expect("every field but text and geo_point has a column");
        return Ok((column.to_owned(), stored));
    }
    let point = name.strip_suffix(".lat").or_else(|| name.strip_suffix(".lon")).and_then(|point| mapping.field(point));
    match point.and_then(Field::point_columns) {
        Some((lat, lon)) => Ok((if name.ends_with(".lat") { lat } else { lon }.to_owned(), StoredKind::Float)),
        None => Err(ColumnError::UnknownField(name.to_owned())),
    }
}
