//! The `script` of a query: a script with its source, a stored script by its id, or a published function by its name.

use quidditch_function::Role;

use super::parser::Parser;
use crate::functions::{FunctionCall, OnError, ValuesFor, parse_script_source};
use crate::json::{Node, ParseError};

/// Parses a script ([`parse_script_source`]) that a query calls. Returns the number of the call.
pub(crate) fn parse_script(node: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<usize, ParseError> {
    let (function, parameters) = parse_script_source(node)?;
    let on_error = OnError::Fail;
    parser.call(node, FunctionCall { function, parameters, role, values: None, on_error, path: node.path() })
}

/// Parses the same for a script that computes values, or a function that does.
pub(crate) fn parse_value_script(
    node: &Node<'_>,
    values: ValuesFor,
    parser: &mut Parser<'_>,
) -> Result<usize, ParseError> {
    let (function, parameters) = parse_script_source(node)?;
    let (role, values, on_error) = (Role::Values, Some(values), OnError::Fail);
    let call = FunctionCall { function, parameters, role, values, on_error, path: node.path() };
    parser.call(node, call)
}
