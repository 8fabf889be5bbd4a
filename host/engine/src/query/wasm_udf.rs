//! `{"wasm_udf": {...}}` and `{"script": {"script": {...}}}`: documents that a function or a script keeps, or each of several functions. They
//! score `boost`.

use std::sync::Arc;

use crate::Error;
use crate::clause::Clause;
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner, Pruner};
use crate::request;
use crate::request::{Parser, parse_udf, take_boost};
use crate::scores::Scoring;
use crate::stages::{FunctionFilter, Keep, Stage};
use quidditch_function::Role;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let (chain, boost) = parse_udf(node, Role::Filter, parser)?;
    Ok(Box::new(WasmUdf { chain, boost }))
}

pub(super) fn parse_script(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let script_node = fields.required("script", "[script] query")?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[script] query")?;
    let chain = request::parse_script(&script_node, Role::Filter, parser)?;
    Ok(Box::new(WasmUdf { chain, boost }))
}

struct WasmUdf {
    chain: usize,
    boost: f32,
}

impl Clause for WasmUdf {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let stages = planner.chain(self.chain).iter().map(|stage| -> Box<dyn Stage> {
            Box::new(FunctionFilter {
                function: Arc::clone(planner.filter(stage.call)),
                keep: Keep::Kept,
                progress: Arc::clone(planner.progress),
            })
        });
        Ok(Planned::stages(stages.collect(), scoring.boosted(self.boost)?.boost()))
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        let explanation = explainer.planned(&|planner| self.plan(planner, scoring), &self.description(), scoring)?;
        explainer.filters(self.chain, explanation)
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        pruner.may_keep(self.chain)
    }
}
