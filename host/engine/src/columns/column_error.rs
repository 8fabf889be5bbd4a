//! Why a field cannot be read as a column.

use quidditch_function::ColumnKind;
use quidditch_index::{Field, FieldKind, Mapping};

use crate::Error;

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
    #[error("field [{0}] is a geo_point, its columns are [{0}.lat] and [{0}.lon]")]
    GeoPoint(String),
}

fn keyword_to_use(keyword: Option<&str>) -> String {
    keyword.map_or_else(|| "a keyword field".to_owned(), |keyword| format!("[{keyword}]"))
}

impl ColumnError {
    /// The values of a computed field are of another type.
    pub(crate) fn computed(field: &Field, wanted: ColumnKind) -> Self {
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

/// A field that the query cannot use as it wants to.
impl From<ColumnError> for Error {
    fn from(error: ColumnError) -> Self {
        Error::Query(error.to_string())
    }
}
