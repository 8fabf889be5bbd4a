//! The aggregations of one level, with their names.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tantivy::SegmentReader;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::answer::NamedAnswer;
use super::answering::Answering;
use super::batch::{BATCH, Batch};
use super::metric::{Metric, MetricError};
use super::partial::Partial;
use super::pipelines::Pipeline;
use super::result_bytes::{bytes_of_results, least_bytes};
use super::scripted::open_checked;
use crate::Error;
use crate::memory::Reservation;
use crate::progress::Progress;
use crate::warmup::WarmupInfo;

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
        let open = |node: &'a Node| open_checked(&*node.aggregation, opening);
        let aggregations = self.0.iter().map(open).collect::<Result<_, _>>()?;
        Ok(SegmentNodes::new(aggregations, opening.segment.progress, opening.memory.reservation()))
    }

    /// The results for all documents of a segment, if none of the aggregations must visit every document.
    pub(super) fn of_all(&self, opening: &Opening<'_>) -> Result<Option<Vec<Partial>>, Error> {
        let mut partials = Vec::with_capacity(self.0.len());
        for node in &self.0 {
            let Some(partial) = node.aggregation.of_all(opening)? else { return Ok(None) };
            partials.push(partial);
        }
        Ok(Some(partials))
    }

    /// Records what [`Nodes::of_all`] will read.
    pub(super) fn record_of_all(&self, info: &mut WarmupInfo) {
        self.0.iter().for_each(|node| node.aggregation.record_of_all(info));
    }

    /// About what it costs to merge the results of a part of the segment: [`Aggregation::merge_cost`].
    pub(super) fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        let mut sum = 0_u64;
        for node in &self.0 {
            let Some(cost) = node.aggregation.merge_cost(segment)? else { return Ok(None) };
            sum = sum.saturating_add(cost);
        }
        Ok(Some(sum))
    }

    /// The same for this number of buckets with these aggregations inside, each of which costs this much without them.
    pub(super) fn merge_cost_in(
        &self,
        buckets: u64,
        bucket_cost: u64,
        segment: &SegmentReader,
    ) -> tantivy::Result<Option<u64>> {
        let inner = self.merge_cost(segment)?;
        Ok(inner.map(|inner| buckets.saturating_mul(bucket_cost.saturating_add(inner))))
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
pub(super) struct SegmentNodes<'a> {
    aggregations: Vec<Box<dyn SegmentAggregation + 'a>>,
    progress: Arc<Progress>,
    /// For the results.
    reservation: Reservation,
}

impl<'a> SegmentNodes<'a> {
    pub(super) fn new(
        aggregations: Vec<Box<dyn SegmentAggregation + 'a>>,
        progress: &Arc<Progress>,
        reservation: Reservation,
    ) -> Self {
        SegmentNodes { aggregations, progress: Arc::clone(progress), reservation }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.aggregations.is_empty()
    }

    /// Hands on documents, in batches of limited size: a document is in as many buckets as it has values, and at each level in
    /// as many as those together.
    pub(super) fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        for (docs, buckets) in batch.docs.chunks(BATCH).zip(batch.buckets.chunks(BATCH)) {
            // The search itself looks at the clock once for each of its own batches.
            if batch.docs.len() > BATCH && self.progress.must_stop() {
                break;
            }
            let batch = Batch { docs, buckets };
            self.aggregations.iter_mut().try_for_each(|aggregation| aggregation.collect(batch))?;
        }
        Ok(())
    }

    /// For each aggregation, its results for the buckets around. They count as used until the search ends.
    pub(super) fn finish(mut self, parents: usize) -> Result<Vec<Vec<Partial>>, Error> {
        let mut results = Vec::with_capacity(self.aggregations.len());
        for aggregation in self.aggregations {
            self.reservation.add(least_bytes(parents))?;
            let found = aggregation.finish(parents)?;
            self.reservation.add(bytes_of_results(&found))?;
            results.push(found);
        }
        self.progress.keep(self.reservation);
        Ok(results)
    }
}
