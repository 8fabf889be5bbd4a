//! One field of a mapping.

mod convert;
mod number;
mod range;

pub use convert::{excerpt, json_excerpt};
pub use range::{RangeEdge, RangeOptions};

use tantivy::Term;
use tantivy::schema::Field as TantivyField;

use crate::{DateFormat, FieldValue, InvalidValue, ValueError};

/// A field in which documents have values, by its full dotted name: `name`, `address.city`, or the sub-field `name.raw`.
/// Objects are not fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    /// Number in tantivy's schema; the first of two for a point.
    pub(crate) number: u32,
    /// The sub-fields, by their indices in the mapping.
    pub(crate) subfields: Vec<usize>,
    /// Whether it is a sub-field of another.
    pub(crate) is_subfield: bool,
    /// Names of the columns of latitudes and longitudes.
    point_columns: Option<Box<(String, String)>>,
}

/// The type of a field: its values, and how they are indexed.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// Text, split into terms with positions. Has no column. Terms of more than 65,530 bytes are not indexed.
    Text {
        /// Analyzer of documents.
        analyzer: String,
        /// Analyzer of queries.
        search_analyzer: String,
    },
    /// Text as one term. String column.
    Keyword {
        /// Longest value that is indexed, in characters. Longer values are only in the source.
        ignore_above: Option<u32>,
    },
    /// 64-bit integers. `i64` column.
    Long,
    /// 32-bit integers. `i64` column.
    Integer,
    /// 64-bit floats. `f64` column.
    Double,
    /// 32-bit floats. `f64` column of rounded values.
    Float,
    /// True or false. `bool` column.
    Boolean,
    /// Milliseconds since 1970-01-01T00:00Z. `i64` column.
    Date {
        /// The format of dates in documents and queries.
        format: DateFormat,
    },
    /// A point on Earth. Two `f64` columns, see [`Field::point_columns`], and no term.
    GeoPoint,
}

impl FieldKind {
    /// The name of the type in mappings, e.g. `geo_point`.
    pub fn type_name(&self) -> &'static str {
        match self {
            FieldKind::Text { .. } => "text",
            FieldKind::Keyword { .. } => "keyword",
            FieldKind::Long => "long",
            FieldKind::Integer => "integer",
            FieldKind::Double => "double",
            FieldKind::Float => "float",
            FieldKind::Boolean => "boolean",
            FieldKind::Date { .. } => "date",
            FieldKind::GeoPoint => "geo_point",
        }
    }
}

impl Field {
    pub(crate) fn new(name: String, kind: FieldKind) -> Self {
        let point_columns =
            matches!(kind, FieldKind::GeoPoint).then(|| Box::new((format!("{name}.lat"), format!("{name}.lon"))));
        Field { name, kind, number: 0, subfields: Vec::new(), is_subfield: false, point_columns }
    }

    /// Full dotted name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its type.
    pub fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// The name of its column in tantivy's fast fields, not to be escaped; `None` for `text` (which has no column) and `geo_point`
    /// (which has two).
    pub fn column_name(&self) -> Option<&str> {
        match self.kind {
            FieldKind::Text { .. } | FieldKind::GeoPoint => None,
            _ => Some(&self.name),
        }
    }

    /// The columns of latitudes and longitudes of a `geo_point`; `None` for every other kind. The values of a document have the
    /// same order in both.
    pub fn point_columns(&self) -> Option<(&str, &str)> {
        self.point_columns.as_deref().map(|(lat, lon)| (lat.as_str(), lon.as_str()))
    }

    /// The sub-fields, in which the same values are indexed, too, by their indices in [`Mapping::fields`].
    ///
    /// [`Mapping::fields`]: crate::Mapping::fields
    pub fn subfields(&self) -> &[usize] {
        &self.subfields
    }

    /// The field in tantivy's schema; for a `geo_point`, that of the latitudes.
    pub fn tantivy_field(&self) -> TantivyField {
        TantivyField::from_field_id(self.number)
    }

    /// The term under which this value is indexed; `None` for points and for values of another kind.
    pub fn term(&self, value: &FieldValue) -> Option<Term> {
        let field = self.tantivy_field();
        Some(match (&self.kind, value) {
            (FieldKind::Text { .. } | FieldKind::Keyword { .. }, FieldValue::Text(text)) => {
                Term::from_field_text(field, text)
            }
            (FieldKind::Long | FieldKind::Integer, FieldValue::Integer(number))
            | (FieldKind::Date { .. }, FieldValue::Date(number)) => Term::from_field_i64(field, *number),
            (FieldKind::Double | FieldKind::Float, FieldValue::Float(number)) => Term::from_field_f64(field, *number),
            (FieldKind::Boolean, FieldValue::Boolean(value)) => Term::from_field_bool(field, *value),
            _ => return None,
        })
    }

    /// The error that a value of this field is invalid.
    pub fn error(&self, reason: impl Into<InvalidValue>) -> ValueError {
        ValueError { field: self.name.clone(), kind: self.kind.type_name(), reason: reason.into() }
    }
}
