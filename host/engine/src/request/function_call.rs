//! A call of one published function by `wasm_udf`.

use quidditch_function::Role;

use super::parser::Parser;
use super::script::parse_value_script;
use crate::functions::{CalledFunction, FunctionCall, OnError, ValuesFor};
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};

/// Parses the keys of a call: `{"name": ..., "version": ..., "parameters": {...}, "on_error": ...}`. `values` is what values are for.
pub(super) fn parse_call(
    mut fields: Fields<'_>,
    node: &Node<'_>,
    role: Role,
    values: Option<ValuesFor>,
) -> Result<FunctionCall, ParseError> {
    let call = take_call(&mut fields, node, role, values)?;
    fields.finish("[wasm_udf]")?;
    Ok(call)
}

/// The same, and leaves other keys.
pub(super) fn take_call(
    fields: &mut Fields<'_>,
    node: &Node<'_>,
    role: Role,
    values: Option<ValuesFor>,
) -> Result<FunctionCall, ParseError> {
    if let Some(chain) = fields.take("chain") {
        return Err(chain.error("[chain] is only supported in filters and scorers, and cannot be nested"));
    }
    let name = fields.required("name", "[wasm_udf]")?.text()?;
    let version = fields.optional("version", Node::text)?;
    let parameters = fields.optional("parameters", |parameters| parameters.map().cloned())?;
    let on_error = match role {
        Role::Filter => fields.optional("on_error", |node| ON_ERROR_OF_FILTER.read(node))?,
        Role::Scorer => fields.optional("on_error", on_error_of_scorer)?,
        Role::Values => None,
    };
    Ok(FunctionCall {
        function: CalledFunction::Published { name: name.to_owned(), version: version.map(str::to_owned) },
        parameters: parameters.unwrap_or_default(),
        role,
        values,
        on_error: on_error.unwrap_or_default(),
        inputs: Vec::new(),
        path: node.path(),
    })
}

const ON_ERROR_OF_FILTER: Words<OnError> = Words {
    key: "on_error",
    case: Case::Exact,
    error: ErrorKind::Argument,
    words: &[("fail", OnError::Fail), ("include", OnError::Include), ("exclude", OnError::Exclude)],
};

/// `fail`, or a score.
fn on_error_of_scorer(node: &Node<'_>) -> Result<OnError, ParseError> {
    if node.json() == "fail" {
        return Ok(OnError::Fail);
    }
    let score = node.json().as_f64().map(|score| score as f32);
    let score = score.filter(|score| score.is_finite() && *score >= 0.0).ok_or_else(|| {
        let found = node.json();
        let expected = "[on_error] of a scorer must be [fail] or a score, which is finite and not negative";
        node.mistake(ErrorKind::Argument, format!("{expected}; found [{found}]"))
    })?;
    Ok(OnError::Score(score))
}

/// Parses an object that has what computes values under the key `script` or `wasm_udf`.
pub(crate) fn parse_values(
    (script, wasm_udf): (Option<Node<'_>>, Option<Node<'_>>),
    values: ValuesFor,
    node: &Node<'_>,
    parser: &mut Parser<'_>,
) -> Result<usize, ParseError> {
    match (script, wasm_udf) {
        (Some(script), None) => parse_value_script(&script, values, parser),
        (None, Some(udf)) => {
            let call = parse_call(udf.fields()?, &udf, Role::Values, Some(values))?;
            parser.call(&udf, call)
        }
        _ => Err(node.mistake(ErrorKind::Argument, "a computed field requires exactly one of [script] and [wasm_udf]")),
    }
}
