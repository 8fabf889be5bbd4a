//! Parses a sort by what a script returns.

use quidditch_expression::ValuesOf;

use super::super::nested_sort::NestedSort;
use super::super::parser::Parser;
use super::super::script::parse_value_script;
use super::super::sort_mode::{MODES, Mode};
use super::{SCRIPT_SORT, ScriptSort, ScriptSortType, TYPES};
use crate::functions::ValuesFor;
use crate::json::{ErrorKind, Fields, Node, ParseError};

impl ScriptSort {
    /// Parses everything but the order.
    pub(in super::super) fn parse(
        node: &Node<'_>,
        fields: &mut Fields<'_>,
        parser: &mut Parser<'_>,
    ) -> Result<Self, ParseError> {
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
        let nested = NestedSort::take(fields, parser)?;
        let values_of = if of == ScriptSortType::Number { ValuesOf::NumberSort } else { ValuesOf::TextSort };
        let call = parse_value_script(&script, ValuesFor::Known(values_of), parser)?;
        Ok(ScriptSort { of, call, mode, nested, script: script.json().clone() })
    }
}
