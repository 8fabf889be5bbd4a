//! The aggregations of one level, with their names.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::NamedAnswer;
use super::answering::Answering;
use super::batch::Batch;
use super::metric::{Metric, MetricError};
use super::partial::Partial;
use super::pipelines::Pipeline;
use crate::Error;

/// A planned aggregation with its name.
pub(super) struct Node {
    pub(super) name: String,
    pub(super) meta: Option<Map<String, Json>>,
    pub(super) aggregation: Box<dyn Aggregation>,
    /// Those declared inside of it, in the order in which they run.
    pub(super) pipelines: Arc<[Pipeline]>,
}

/// The aggregations of one level: at the top, or inside the buckets of another.
#[derive(Default)]
pub(super) struct Nodes(pub(super) Vec<Node>);

impl Nodes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<SegmentNodes<'a>, Error> {
        let open = |node: &'a Node| node.aggregation.open(opening);
        Ok(SegmentNodes(self.0.iter().map(open).collect::<Result<_, _>>()?))
    }

    /// Merges results of the same bucket: one list for each aggregation.
    pub(super) fn merge(&self, lists: Vec<Vec<Partial>>) -> Vec<Partial> {
        self.0.iter().zip(lists).map(|(node, partials)| node.aggregation.merge(partials)).collect()
    }

    /// The results of no documents.
    pub(super) fn of_nothing(&self) -> Vec<Partial> {
        self.0.iter().map(|node| node.aggregation.merge(Vec::new())).collect()
    }

    /// The answers of all, with what the pipelines inside of each make of it.
    pub(super) fn answer(
        &self,
        partials: impl IntoIterator<Item = Partial>,
        answering: &mut Answering,
    ) -> Result<Vec<NamedAnswer<'_>>, Error> {
        let mut answers = Vec::with_capacity(self.0.len());
        for (node, partial) in self.0.iter().zip(partials) {
            let mut answer = node.aggregation.answer(partial, answering)?;
            if answering.is_complete() {
                for pipeline in &*node.pipelines {
                    pipeline.run_inside(&mut answer, answering)?;
                }
            }
            answers.push(NamedAnswer {
                name: node.name.clone(),
                type_name: node.aggregation.type_name(),
                meta: node.meta.clone(),
                answer,
            });
        }
        Ok(answers)
    }

    /// The number of an aggregation, and the value of it that a path leads to.
    pub(super) fn metric(&self, path: &[&str]) -> Result<(usize, Metric), MetricError> {
        let [name, rest @ ..] = path else { return Err(MetricError::Buckets) };
        let found = self.0.iter().position(|node| node.name == *name);
        let index = found.ok_or_else(|| MetricError::Unknown((*name).to_owned()))?;
        Ok((index, self.0[index].aggregation.metric(rest)?))
    }
}

/// The aggregations of one level at work on one segment.
#[derive(Default)]
pub(super) struct SegmentNodes<'a>(Vec<Box<dyn SegmentAggregation + 'a>>);

impl SegmentNodes<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        if batch.docs.is_empty() {
            return Ok(());
        }
        self.0.iter_mut().try_for_each(|aggregation| aggregation.collect(batch))
    }

    /// For each aggregation, its results for the buckets around.
    pub(super) fn finish(self, parents: usize) -> Result<Vec<Vec<Partial>>, Error> {
        self.0.into_iter().map(|aggregation| aggregation.finish(parents)).collect()
    }
}
