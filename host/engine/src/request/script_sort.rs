//! `{"_script": {"type": "number", "script": {...}}}`: a sort by what a script returns.

mod parse;

use serde_json::{Map, Value as Json};

use super::nested_sort::NestedSort;
use super::sort_mode::{MODES, Mode};
use crate::json::{Case, ErrorKind, Words};

/// The name of a sort by a script, in place of that of a field.
pub(crate) const SCRIPT_SORT: &str = "_script";

/// A sort by what a script returns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScriptSort {
    pub(crate) of: ScriptSortType,
    /// The number of the call that computes the values.
    pub(crate) call: usize,
    /// Accepted, although a script returns one value.
    pub(crate) mode: Option<Mode>,
    /// Nested objects, which it does not support.
    pub(crate) nested: Option<NestedSort>,
    /// As it came, to be sent on.
    script: Json,
}

/// What the script returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScriptSortType {
    Number,
    Text,
}

const TYPES: Words<ScriptSortType> = Words {
    key: "type",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("number", ScriptSortType::Number), ("string", ScriptSortType::Text)],
};

impl ScriptSort {
    /// The options, as a request has them.
    pub(super) fn add_options(&self, options: &mut Map<String, Json>) {
        options.insert("type".to_owned(), TYPES.word(self.of).into());
        options.insert("script".to_owned(), self.script.clone());
        if let Some(mode) = self.mode {
            options.insert("mode".to_owned(), MODES.word(mode).into());
        }
        if let Some(nested) = &self.nested {
            options.insert("nested".to_owned(), nested.to_json());
        }
    }
}
