//! `{"wasm_udf": {...}}` and `{"script": {"script": {...}}}`: documents that a function or a script keeps. They score `boost`.

use std::sync::Arc;

use crate::Error;
use crate::clause::Clause;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request;
use crate::request::{Parser, parse_udf, take_boost};
use crate::scores::Scoring;
use crate::stages::{FunctionFilter, Keep};
use quidditch_function::Role;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (call, boost) = parse_udf(node, Role::Filter, parser)?;
    Ok(Box::new(WasmUdf { call, boost }))
}

pub(super) fn parse_script(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let script_node = fields.required("script", "[script] query")?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[script] query")?;
    let call = request::parse_script(&script_node, Role::Filter, parser)?;
    Ok(Box::new(WasmUdf { call, boost }))
}

struct WasmUdf {
    call: usize,
    boost: f32,
}

impl Clause for WasmUdf {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let stage = FunctionFilter {
            function: Arc::clone(planner.filter(self.call)),
            keep: Keep::Kept,
            progress: Arc::clone(planner.progress),
        };
        Ok(Planned::stage(Box::new(stage), scoring.boosted(self.boost)?.boost()))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        pruner.may_keep(self.call)
    }
}
