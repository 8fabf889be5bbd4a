//! `global`: all documents, whether they match the query or not. Only at the top.

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::{Definition, Layout, Scope};
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::partial::Partial;
use super::positions::{self, SegmentPositions};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    node.fields()?.finish("[global] aggregation")?;
    Ok(Box::new(GlobalDefinition))
}

struct GlobalDefinition;

impl Definition for GlobalDefinition {
    fn plan(&self, _: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        Ok(Box::new(Global(inner)))
    }

    fn scope(&self) -> Scope {
        Scope::All
    }

    fn layout(&self) -> Layout {
        Layout::One
    }
}

struct Global(Nodes);

impl Aggregation for Global {
    fn type_name(&self) -> &'static str {
        "global"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentGlobal(SegmentPositions::open(1, &self.0, opening)?)))
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        positions::merge(1, &self.0, partials)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        positions::metric(&self.0, path)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        positions::answer(&self.0, partial, answering)
    }
}

struct SegmentGlobal<'a>(SegmentPositions<'a>);

impl SegmentAggregation for SegmentGlobal<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.0.begin(batch)?;
        for position in 0..batch.docs.len() {
            self.0.add(batch, position, 0);
        }
        self.0.end()
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.0.finish(parents)
    }
}
