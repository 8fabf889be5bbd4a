//! Options that fields of most types have.

use serde_json::{Map, Value as Json};

use super::completion_context::CompletionContext;

/// Options that fields of most types have.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldOptions {
    /// What the mapping says beyond the type, as it was given.
    pub(crate) given: Map<String, Json>,
    /// Whether a value that does not fit is left out, instead of the document being invalid: `ignore_malformed`.
    pub ignores_malformed: bool,
    /// Whether numbers in strings are numbers, and fractions of integers are cut off: `coerce`.
    pub coerces: bool,
    /// What an explicit `null` counts as.
    pub null_value: Option<Json>,
    /// Full names of the fields that get the same values.
    pub copy_to: Vec<String>,
    /// Of a `completion`: what its inputs are for.
    pub contexts: Vec<CompletionContext>,
    /// Whether values are found by their terms: `index`. Otherwise they are found by the column, and all score the same.
    pub has_terms: bool,
    /// Whether values are in a column: `doc_values`.
    pub has_column: bool,
    /// Whether values can be searched or read; otherwise they are only in the source.
    pub is_indexed: bool,
}

impl Default for FieldOptions {
    fn default() -> Self {
        FieldOptions {
            given: Map::new(),
            ignores_malformed: false,
            coerces: true,
            null_value: None,
            copy_to: Vec::new(),
            contexts: Vec::new(),
            has_terms: true,
            has_column: true,
            is_indexed: true,
        }
    }
}
