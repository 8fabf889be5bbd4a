//! Why a document is rejected.

use quidditch_index::{FieldError, ValueError};

use super::json_error::JsonError;
use crate::query_check::InvalidQuery;

/// Longest `_id` in bytes.
pub const MAX_ID_BYTES: usize = 512;

/// Why a document is rejected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DocumentError {
    /// Its line is longer than [`AddOptions::max_line_bytes`](crate::AddOptions::max_line_bytes).
    #[error("longer than {max_bytes} bytes")]
    TooLong {
        /// The limit.
        max_bytes: usize,
    },
    /// Its line is not UTF-8.
    #[error("not valid UTF-8")]
    NotUtf8,
    /// Its line is not JSON.
    #[error("not valid JSON: {0}")]
    NotJson(JsonError),
    /// Its line is JSON, but not an object. Contains an excerpt of it.
    #[error("{0} is not a JSON object")]
    NotAnObject(String),
    /// It does not contain the key that should contain its `_id`.
    #[error("missing id field [{0}]")]
    MissingId(String),
    /// Its `_id` is neither a string nor an integer. Contains an excerpt of it.
    #[error("_id {0} is neither a string nor an integer")]
    InvalidId(String),
    /// Its `_id` is empty.
    #[error("_id is empty")]
    EmptyId,
    /// Its `_id` is longer than [`MAX_ID_BYTES`].
    #[error("_id has {bytes} bytes; at most {MAX_ID_BYTES} are allowed")]
    IdTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The mapping has an object of that name, and the document has another value.
    #[error("[{name}] is an object, not {value}")]
    ObjectExpected {
        /// Full name of the object.
        name: String,
        /// An excerpt of the value.
        value: String,
    },
    /// The mapping has a field of that name, and the document has an object.
    #[error("[{field}] is not an object, so it cannot contain [{key}]")]
    ObjectUnexpected {
        /// Full name of the field.
        field: String,
        /// An excerpt of the key in the object.
        key: String,
    },
    /// The document has more nested objects than `index.mapping.nested_objects.limit` allows.
    #[error(
        "The number of nested documents has exceeded the allowed limit of [{limit}]. This limit can be set by changing the \
         [index.mapping.nested_objects.limit] index level setting."
    )]
    TooManyNested {
        /// The limit.
        limit: u64,
    },
    /// A dotted key leads through a nested object: it cannot say which object of the list it means.
    #[error(
        "Cannot add a value for field [{field}] since one of the intermediate objects is mapped as a nested object: [{nested}]"
    )]
    NestedInKey {
        /// An excerpt of the key.
        field: String,
        /// Full name of the nested object.
        nested: String,
    },
    /// A completion that must have contexts has none.
    #[error("Contexts are mandatory in context enabled completion field [{field}]")]
    NoContext {
        /// Full name of the field.
        field: String,
    },
    /// The query of a `percolator` field is invalid.
    #[error("failed to parse the query in [{field}]: {reason}")]
    Query {
        /// Full name of the field.
        field: String,
        /// What is wrong with it.
        reason: InvalidQuery,
    },
    /// The mapping has a field there whose values are computed.
    #[error("failed to parse field [{name}] of type [derived]: its values are computed, and documents cannot have any")]
    Computed {
        /// Its name.
        name: String,
    },
    /// The mapping has only another name of a field there.
    #[error("[{name}] is an alias, to which documents cannot write")]
    Alias {
        /// The last part of its name.
        name: String,
    },
    /// The mapping does not have the field, and forbids unknown fields.
    #[error("unknown field [{key}] in [{object}], which has a strict mapping")]
    UnknownField {
        /// An excerpt of the key.
        key: String,
        /// Full name of the object around it, or `document`.
        object: String,
    },
    /// A value does not fit its field.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// A new field cannot be added to the mapping.
    #[error(transparent)]
    Field(#[from] FieldError),
}
