//! A mapping as scripts see it.

use quidditch_expression::{FieldType, Fields};
use quidditch_function::ColumnRequest;
use quidditch_index::{FieldKind, Mapping};

/// The fields that a script can read.
pub(crate) struct ScriptFields<'a> {
    pub(crate) mapping: &'a Mapping,
    /// The name of the index.
    pub(crate) index: &'a str,
    /// Names of scores that it can read as fields.
    pub(crate) inputs: &'a [String],
}

impl Fields for ScriptFields<'_> {
    fn field_type(&self, name: &str) -> Option<FieldType> {
        if self.inputs.iter().any(|input| input == name) {
            return Some(FieldType::Float);
        }
        Some(match self.mapping.field(name)?.kind() {
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
            FieldKind::Ip => FieldType::Address,
            // Scripts cannot read what has no column.
            FieldKind::Range(_)
            | FieldKind::Binary
            | FieldKind::FlatObject
            | FieldKind::Percolator
            | FieldKind::RankFeature { .. } => {
                return None;
            }
            FieldKind::Boolean => FieldType::Boolean,
            FieldKind::Date { .. } => FieldType::Date,
            FieldKind::GeoPoint => FieldType::Point,
        })
    }

    fn index(&self) -> &str {
        self.index
    }
}

/// The same for a script that is evaluated for each value of a field.
pub(crate) struct CurrentField<'a> {
    pub(crate) fields: ScriptFields<'a>,
    pub(crate) current: Option<ColumnRequest>,
}

impl Fields for CurrentField<'_> {
    fn field_type(&self, name: &str) -> Option<FieldType> {
        self.fields.field_type(name)
    }

    fn current(&self) -> Option<&ColumnRequest> {
        self.current.as_ref()
    }

    fn index(&self) -> &str {
        self.fields.index()
    }
}
