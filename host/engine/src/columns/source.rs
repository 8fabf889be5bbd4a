//! Where the values of a field are, and what they are read as.

use std::sync::Arc;

use quidditch_function::{ColumnKind, ColumnRequest};
use quidditch_index::{Field, FieldKind, Mapping};

use super::column_error::ColumnError;
use super::computed_column::ComputedColumn;
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
    /// The scores of an earlier function of a chain, by their number. The caller sets them.
    Input(usize),
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
    /// Texts in the form in which an index has addresses, which are read as addresses.
    Address,
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
            ColumnKind::Texts => matches!(stored, StoredKind::Text | StoredKind::Address),
        };
        if fits {
            let memory = Arc::clone(memory);
            let origin = Origin::Stored { column, kind: stored };
            return Ok(ColumnSource { origin, wanted: *wanted, order: Order::Ascending, memory });
        }
        let field_type = mapping.field(field).map_or("double", |field| field.kind().type_name());
        Err(ColumnError::WrongKind { field: field.clone(), field_type, wanted: *wanted })
    }

    /// The scores of an earlier function of a chain, by their number.
    pub(crate) fn input(input: usize, request: &ColumnRequest, memory: &Arc<Memory>) -> Result<Self, ColumnError> {
        let ColumnRequest { field, kind: wanted } = request;
        if *wanted != ColumnKind::Floats {
            return Err(ColumnError::WrongKind { field: field.clone(), field_type: "float", wanted: *wanted });
        }
        let memory = Arc::clone(memory);
        Ok(ColumnSource { origin: Origin::Input(input), wanted: *wanted, order: Order::AsIndexed, memory })
    }

    /// The number of the scores that it is.
    pub(crate) fn input_number(&self) -> Option<usize> {
        match self.origin {
            Origin::Input(input) => Some(input),
            Origin::Stored { .. } | Origin::Computed(_) => None,
        }
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

    /// The exact values of a field that has a column of them; `None` for other fields.
    pub(crate) fn exact(field: &Field, memory: &Arc<Memory>) -> Option<Self> {
        let column = field.exact_column()?.to_owned();
        let origin = Origin::Stored { column, kind: StoredKind::Integer };
        Some(ColumnSource { origin, wanted: ColumnKind::Integers, order: Order::Ascending, memory: Arc::clone(memory) })
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
            Origin::Computed(_) | Origin::Input(_) => None,
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
            FieldKind::Double
            | FieldKind::Float
            | FieldKind::HalfFloat
            | FieldKind::ScaledFloat { .. }
            | FieldKind::UnsignedLong => StoredKind::Float,
            FieldKind::Ip => StoredKind::Address,
            FieldKind::Keyword { .. } => StoredKind::Text,
            FieldKind::Text { .. } => return Err(ColumnError::analyzed_text(mapping, name)),
            FieldKind::Range(_)
            | FieldKind::Binary
            | FieldKind::FlatObject
            | FieldKind::Percolator
            | FieldKind::RankFeature { .. } => {
                return Err(ColumnError::none(field));
            }
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
