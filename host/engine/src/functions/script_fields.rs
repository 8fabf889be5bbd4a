//! A mapping as scripts see it.

use quidditch_expression::{FieldType, Fields};
use quidditch_index::{FieldKind, Mapping};

/// The fields that a script can read.
pub(crate) struct ScriptFields<'a>(pub(crate) &'a Mapping);

impl Fields for ScriptFields<'_> {
    fn field_type(&self, name: &str) -> Option<FieldType> {
        Some(match self.0.field(name)?.kind() {
            FieldKind::Text { .. } => FieldType::Text,
            FieldKind::Keyword { .. } => FieldType::Keyword,
            FieldKind::Long
            | FieldKind::Integer
            | FieldKind::Short
            | FieldKind::Byte
            | FieldKind::TokenCount { .. } => FieldType::Integer,
            FieldKind::Double
            | FieldKind::Float
            | FieldKind::HalfFloat
            | FieldKind::ScaledFloat { .. }
            | FieldKind::UnsignedLong => FieldType::Float,
            // Scripts cannot read addresses, nor what has no column.
            FieldKind::Ip | FieldKind::Range(_) | FieldKind::Binary | FieldKind::FlatObject => return None,
            FieldKind::Boolean => FieldType::Boolean,
            FieldKind::Date { .. } => FieldType::Date,
            FieldKind::GeoPoint => FieldType::Point,
        })
    }
}
