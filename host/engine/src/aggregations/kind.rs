//! What the values are that an aggregation reads.

use quidditch_function::ColumnKind;
use quidditch_index::{Field, FieldKind, Mapping};

use super::failure;
use crate::Error;
use crate::columns::ColumnError;

/// What values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Float,
    /// A float of single precision.
    Single,
    Boolean,
    /// Milliseconds.
    Date,
    Text,
    Point,
}

impl Kind {
    /// What values of a column of this type are.
    pub(super) fn from_column_kind(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Booleans => Kind::Boolean,
            ColumnKind::Integers => Kind::Integer,
            ColumnKind::Floats => Kind::Float,
            ColumnKind::Texts => Kind::Text,
            ColumnKind::Dates => Kind::Date,
        }
    }

    pub(super) fn from_field(field: &Field, mapping: &Mapping) -> Result<Self, Error> {
        Ok(match field.kind() {
            FieldKind::Long
            | FieldKind::Integer
            | FieldKind::Short
            | FieldKind::Byte
            | FieldKind::TokenCount { .. } => Kind::Integer,
            FieldKind::Double | FieldKind::ScaledFloat { .. } | FieldKind::UnsignedLong => Kind::Float,
            FieldKind::Float | FieldKind::HalfFloat => Kind::Single,
            FieldKind::Boolean => Kind::Boolean,
            FieldKind::Date { .. } => Kind::Date,
            FieldKind::Keyword { .. } | FieldKind::Ip => Kind::Text,
            FieldKind::GeoPoint => Kind::Point,
            FieldKind::Range(_)
            | FieldKind::Binary
            | FieldKind::FlatObject
            | FieldKind::Percolator
            | FieldKind::RankFeature { .. } => {
                return Err(failure::argument(ColumnError::none(field).to_string()));
            }
            FieldKind::Text { .. } => {
                let error = ColumnError::analyzed_text(mapping, field.name());
                return Err(failure::argument(error.to_string()));
            }
        })
    }
}
