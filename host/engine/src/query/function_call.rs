//! How a request calls a user function: by `wasm_udf`, or by the `script` that clients already build.

use quidditch_function::{Role, name_and_version};
use serde_json::{Map, Value as Json};

use super::parser::{Parser, take_boost};
use crate::functions::FunctionCall;
use crate::json::{ErrorKind, Node, ParseError};

/// Parses `{"name": ..., "version": ..., "parameters": {...}}`; `boost` is allowed where a query is.
pub(super) fn parse_udf(node: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<(usize, f32), ParseError> {
    let mut fields = node.fields()?;
    let name = fields.required("name", "[wasm_udf]")?.text()?;
    let version = fields.optional("version", Node::text)?;
    let parameters = fields.optional("parameters", |parameters| parameters.map().cloned())?;
    let boost = if role == Role::Filter { take_boost(&mut fields)? } else { 1.0 };
    fields.finish("[wasm_udf]")?;
    Ok((add(node, role, (name, version), parameters, parser)?, boost))
}

/// Parses `{"lang": "wasm", "id": "name@version", "params": {...}}`.
pub(super) fn parse_script(node: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<usize, ParseError> {
    let mut fields = node.fields()?;
    if let Some(source) = fields.take("source") {
        return Err(source.error(
            "inline scripts are not supported: publish a function and pass its name as [id], such as \"geo_distance@1.0.0\"",
        ));
    }
    if let Some(lang) = fields.take("lang")
        && lang.text()? != "wasm"
    {
        return Err(lang.error(format!("script_lang not supported [{}], use [wasm]", lang.text()?)));
    }
    let id = fields.required("id", "[script]")?.text()?;
    let parameters = fields.optional("params", |parameters| parameters.map().cloned())?;
    fields.finish("[script]")?;
    add(node, role, name_and_version(id), parameters, parser)
}

/// Records the call, and returns its number.
fn add(
    node: &Node<'_>,
    role: Role,
    (name, version): (&str, Option<&str>),
    parameters: Option<Map<String, Json>>,
    parser: &mut Parser<'_>,
) -> Result<usize, ParseError> {
    let call = FunctionCall {
        name: name.to_owned(),
        version: version.map(str::to_owned),
        parameters: parameters.unwrap_or_default(),
        role,
        path: node.path(),
    };
    parser.call(node, call)
}

/// Parses an object that has a scorer under the key `script` or `wasm_udf`.
pub(super) fn parse_scorer(
    script: Option<Node<'_>>,
    wasm_udf: Option<Node<'_>>,
    node: &Node<'_>,
    parser: &mut Parser<'_>,
) -> Result<usize, ParseError> {
    match (script, wasm_udf) {
        (Some(script), None) => parse_script(&script, Role::Scorer, parser),
        (None, Some(udf)) => Ok(parse_udf(&udf, Role::Scorer, parser)?.0),
        _ => Err(node.mistake(ErrorKind::Argument, "[script_score] requires one of [script] and [wasm_udf]")),
    }
}
