//! The `script` of a query: a script with its source, a stored script by its id, or a published function by its name.

use quidditch_function::{Role, search_profile};

use super::parser::Parser;
use crate::functions::{
    CalledFunction, Chain, FunctionCall, OnError, SearchProfileCall, ValuesFor, parse_script_source,
};
use crate::json::{Node, ParseError};

/// Parses a script ([`parse_script_source`]) that a query calls. Returns the number of its chain, which has it alone
/// unless it is a search profile.
pub(crate) fn parse_script(node: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<usize, ParseError> {
    let (function, parameters) = parse_script_source(node)?;
    if let CalledFunction::Published { name, version } = &function
        && let Some(name) = search_profile(name)
    {
        if let Some(version) = version {
            return Err(node.error(format!("a search profile has no versions, found [{version}]")));
        }
        let profile = SearchProfileCall { name: name.to_owned(), parameters, role, path: node.path() };
        return parser.chain(node, Chain::SearchProfile(profile));
    }
    let on_error = OnError::Fail;
    let (values, inputs) = (None, Vec::new());
    let call = FunctionCall { function, parameters, role, values, on_error, inputs, path: node.path() };
    let call = parser.call(node, call)?;
    parser.chain(node, Chain::only(call))
}

/// Parses the same for a script that computes values, or a function that does.
pub(crate) fn parse_value_script(
    node: &Node<'_>,
    values: ValuesFor,
    parser: &mut Parser<'_>,
) -> Result<usize, ParseError> {
    let (function, parameters) = parse_script_source(node)?;
    let (role, values, on_error) = (Role::Values, Some(values), OnError::Fail);
    let call = FunctionCall { function, parameters, role, values, on_error, inputs: Vec::new(), path: node.path() };
    parser.call(node, call)
}
