//! The functions of a `wasm_udf` clause: one, several one after another, or those of a search profile.

use quidditch_function::{Role, search_profile};

use super::function_call::{parse_call, take_call};
use super::parser::{Parser, take_boost};
use super::script::parse_script;
use crate::functions::{Chain, ChainStage, FunctionCall, SearchProfileCall};
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// Parses `{"name": ..., "version": ..., "parameters": {...}, "on_error": ...}`, `{"chain": [...]}` or
/// `{"name": "profile/...", "parameters": {...}}`; `boost` is allowed where a query is. Returns the number of the chain.
pub(crate) fn parse_udf(node: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<(usize, f32), ParseError> {
    let mut fields = node.fields()?;
    let boost = if role == Role::Filter { take_boost(&mut fields)? } else { 1.0 };
    let chain = parse_chain(fields, node, role, parser)?;
    Ok((parser.chain(node, chain)?, boost))
}

/// Parses an object that has one or more scorers under the key `script` or `wasm_udf`.
pub(crate) fn parse_scorer(
    script: Option<Node<'_>>,
    wasm_udf: Option<Node<'_>>,
    node: &Node<'_>,
    parser: &mut Parser<'_>,
) -> Result<usize, ParseError> {
    match (script, wasm_udf) {
        (Some(script), None) => parse_script(&script, Role::Scorer, parser),
        (None, Some(udf)) => Ok(parse_udf(&udf, Role::Scorer, parser)?.0),
        _ => Err(node.mistake(ErrorKind::Argument, "[script_score] requires exactly one of [script] and [wasm_udf]")),
    }
}

/// Parses what [`parse_udf`] does without a boost, from the keys of an object.
pub(crate) fn parse_chain(
    mut fields: Fields<'_>,
    node: &Node<'_>,
    role: Role,
    parser: &mut Parser<'_>,
) -> Result<Chain, ParseError> {
    if let Some(list) = fields.take("chain") {
        fields.finish("[wasm_udf] with [chain]")?;
        return parse_stages(&list, role, parser).map(Chain::Stages);
    }
    if let Some(name) = node.child("name").and_then(|name| search_profile(name.json().as_str()?)) {
        fields.take("name");
        let parameters = fields.optional("parameters", |parameters| parameters.map().cloned())?.unwrap_or_default();
        fields.finish("a call of a search profile")?;
        return Ok(Chain::SearchProfile(SearchProfileCall {
            name: name.to_owned(),
            parameters,
            role,
            path: node.path(),
        }));
    }
    let call = parse_call(fields, node, role, None)?;
    Ok(Chain::only(parser.call(node, call)?))
}

fn parse_stages(list: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<Vec<ChainStage>, ParseError> {
    let mut stages: Vec<ChainStage> = Vec::new();
    for node in list.list()? {
        let mut fields = node.fields()?;
        let (min_score, name) = match role {
            Role::Scorer => (fields.optional("min_score", Node::float)?, fields.optional("as", score_name)?),
            Role::Filter | Role::Values => (None, None),
        };
        let inputs: Vec<String> = stages.iter().filter_map(|stage| stage.name.clone()).collect();
        if let Some(name) = name.filter(|name| inputs.iter().any(|other| other == name)) {
            return Err(node.error(format!("duplicate [as] [{name}]: each name must be unique in a chain")));
        }
        let call = take_call(&mut fields, &node, role, None)?;
        fields.finish("a function of [chain]")?;
        let call = parser.call(&node, FunctionCall { inputs, ..call })?;
        stages.push(ChainStage { call, min_score, name: name.map(str::to_owned) });
    }
    match stages.last() {
        None => Err(list.mistake(ErrorKind::Argument, "[chain] requires at least one function")),
        Some(ChainStage { name: Some(name), .. }) => Err(list.error(format!(
            "[as] is not supported in the last function, whose scores no function reads: remove [{name}]"
        ))),
        Some(_) => Ok(stages),
    }
}

/// The name of the scores of a function.
fn score_name<'a>(node: &Node<'a>) -> Result<&'a str, ParseError> {
    match node.text()? {
        "" => Err(node.mistake(ErrorKind::Argument, "[as] must not be empty")),
        name => Ok(name),
    }
}
