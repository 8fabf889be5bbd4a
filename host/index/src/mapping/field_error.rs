//! Why a field cannot be added to a mapping.

use super::limits::{MAX_FIELD_NAME_BYTES, MAX_FIELDS, MAX_OBJECT_DEPTH};

/// Why a field, a sub-field or an object cannot be added to a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The object has a property of that key.
    #[error("[{key}] is already defined")]
    AlreadyDefined {
        /// The key.
        key: String,
    },
    /// The name has another meaning in documents.
    #[error("the name [{name}] is reserved")]
    Reserved {
        /// The name.
        name: String,
    },
    /// The name, or a part of it between dots, is empty.
    #[error("field name has an empty segment")]
    EmptySegment,
    /// The name contains a control character.
    #[error("field name {key:?} contains a control character")]
    ControlCharacter {
        /// An excerpt of the part of the name.
        key: String,
    },
    /// The name is longer than [`MAX_FIELD_NAME_BYTES`].
    #[error("field name is longer than {MAX_FIELD_NAME_BYTES} bytes")]
    NameTooLong,
    /// More than [`MAX_FIELDS`] fields.
    #[error("adding [{name}] would exceed the limit of {MAX_FIELDS} fields")]
    TooManyFields {
        /// Full name of the field.
        name: String,
    },
    /// There would be more nested objects than `index.mapping.nested_fields.limit` allows.
    #[error("Limit of nested fields [{limit}] has been exceeded")]
    TooManyNested {
        /// The limit.
        limit: u64,
    },
    /// A dynamic template defines what is not possible.
    #[error("dynamic template [{template}]: {reason}")]
    Template {
        /// Name of the template.
        template: String,
        /// What is wrong.
        reason: String,
    },
    /// Objects would be nested deeper than [`MAX_OBJECT_DEPTH`].
    #[error("objects are nested more than {MAX_OBJECT_DEPTH} levels deep at [{name}]")]
    TooDeep {
        /// Full name of the object.
        name: String,
    },
}
