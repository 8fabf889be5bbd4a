//! A user function as a request names it: in `wasm_udf`, or in the `script` that clients already build.

use quidditch_function::Role;
use serde_json::{Map, Value as Json};

use super::Parser;
use crate::request::{Node, ParseError};

/// A call of a user function, before it is bound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FunctionCall {
    pub(crate) name: String,
    /// `None` takes the highest release.
    pub(crate) version: Option<String>,
    pub(crate) parameters: Map<String, Json>,
    pub(crate) role: Role,
    /// Where it stands in the request, for the profile.
    pub(crate) path: String,
}

impl FunctionCall {
    /// Parses `{"name": ..., "version": ..., "parameters": {...}}`; `boost` may stand beside them where a query may.
    pub(super) fn parse_udf(node: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<(usize, f32), ParseError> {
        let mut fields = node.fields()?;
        let name = fields.required("name", "[wasm_udf]")?.text()?;
        let version = fields.optional("version", Node::text)?;
        let parameters = fields.optional("parameters", |parameters| parameters.map().cloned())?;
        let boost = if role == Role::Filter { super::take_boost(&mut fields)? } else { 1.0 };
        fields.finish("[wasm_udf]")?;
        Ok((Self::add(node, role, (name, version), parameters, parser)?, boost))
    }

    /// Parses `{"lang": "wasm", "id": "name@version", "params": {...}}`.
    pub(super) fn parse_script(node: &Node<'_>, role: Role, parser: &mut Parser<'_>) -> Result<usize, ParseError> {
        let mut fields = node.fields()?;
        if let Some(source) = fields.take("source") {
            return Err(source.error(
                "scripts are published functions here: give the function's name as [id], such as \"geo_distance@1.0.0\"",
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
        let (name, version) = id.split_once('@').map_or((id, None), |(name, version)| (name, Some(version)));
        Self::add(node, role, (name, version), parameters, parser)
    }

    /// Takes the call down, and gives its number.
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
            (Some(script), None) => Self::parse_script(&script, Role::Scorer, parser),
            (None, Some(udf)) => Ok(Self::parse_udf(&udf, Role::Scorer, parser)?.0),
            _ => Err(node.error("[script_score] requires one of [script] and [wasm_udf]")),
        }
    }
}
