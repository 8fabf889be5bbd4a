//! `{"_script": {"type": "number", "script": {...}}}`: a sort by what a script returns.

use quidditch_expression::ValuesOf;
use serde_json::{Map, Value as Json};

use super::nested_sort::NestedSort;
use super::sort_mode::{MODES, Mode};
use crate::functions::ValuesFor;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::query::{self, Parser};

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
    /// Parses everything but the order.
    pub(super) fn parse(node: &Node<'_>, fields: &mut Fields<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let missing = |key: &str| {
            let reason = format!("a sort by [{SCRIPT_SORT}] requires [{key}]");
            node.mistake(ErrorKind::Argument, reason)
        };
        let (of, script) = (fields.take("type"), fields.take("script"));
        let script = script.ok_or_else(|| missing("script"))?;
        let of = TYPES.read(&of.ok_or_else(|| missing("type"))?).map_err(|error| error.of_kind(ErrorKind::Object))?;
        let mode = fields.optional("mode", |node| match MODES.read(node)? {
            mode @ (Mode::Average | Mode::Sum | Mode::Median) if of == ScriptSortType::Text => {
                let word = MODES.word(mode);
                let reason = format!("a sort by the texts of a script does not support the mode [{word}]");
                Err(node.mistake(ErrorKind::Argument, reason))
            }
            mode => Ok(mode),
        });
        let mode = mode.map_err(|error| error.of_kind(ErrorKind::Object))?;
        let nested = NestedSort::take(fields)?;
        let values_of = if of == ScriptSortType::Number { ValuesOf::NumberSort } else { ValuesOf::TextSort };
        let call = query::parse_value_script(&script, ValuesFor::Known(values_of), parser)?;
        Ok(ScriptSort { of, call, mode, nested, script: script.json().clone() })
    }

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
