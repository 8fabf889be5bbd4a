//! The aggregations of a request as a collector.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tantivy::{DocId, Score};

use super::aggregation::Opening;
use super::answer::write_into;
use super::answering::Answering;
use super::batch::Batch;
use super::nodes::{Nodes, SegmentNodes};
use super::partial::Partial;
use super::pipelines::Pipeline;
use crate::Error;
use crate::collect::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext, deferred};
use crate::memory::{Memory, MemoryScope};
use crate::scores::Scores;

/// Documents that go through the aggregations together. Enough to make the calls for each batch cheap, and few enough for their
/// values to stay in the fast caches.
const BATCH: usize = 2_048;

/// Planned aggregations over the same documents.
pub(crate) struct Aggregations {
    nodes: Nodes,
    /// Those at the top, in the order in which they run.
    pipelines: Arc<[Pipeline]>,
    memory: Arc<Memory>,
    /// Whether they read computed columns, and if they do, whether these need scores.
    computed: Option<Scores>,
}

impl Aggregations {
    pub(super) fn new(nodes: Nodes, pipelines: Arc<[Pipeline]>, max_bytes: u64, computed: Option<Scores>) -> Self {
        Aggregations { nodes, pipelines, memory: Memory::new(MemoryScope::Aggregations, max_bytes), computed }
    }

    /// Makes the `aggregations` of a response.
    pub(crate) fn answer(&self, partials: Vec<Partial>, mut answering: Answering) -> Result<Map<String, Json>, Error> {
        let mut answers = self.nodes.answer(partials, &mut answering)?;
        for pipeline in &*self.pipelines {
            pipeline.run_at_level(&mut answers)?;
        }
        let mut object = Map::new();
        write_into(answers, &answering, &mut object);
        Ok(object)
    }
}

impl Collector for Aggregations {
    type Partial = Vec<Partial>;

    fn demand(&self) -> Demand {
        if self.computed == Some(Scores::Needed) { Demand::Scores } else { Demand::Documents }
    }

    fn may_skip(&self) -> bool {
        false
    }

    /// None: planning announces them.
    fn columns(&self, _: &mut dyn FnMut(&str)) {}

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Vec<Partial>>, Error> {
        if self.computed.is_some() && segment.matched.is_none() {
            return Ok(deferred(segment, |segment| self.open(segment)));
        }
        let nodes = self.nodes.open(&Opening { segment, memory: &self.memory })?;
        Ok(Box::new(SegmentAggregations { nodes, docs: Vec::with_capacity(2 * BATCH), buckets: Vec::new() }))
    }

    fn merge(&self, partials: Vec<Vec<Partial>>) -> Vec<Partial> {
        let mut lists: Vec<Vec<Partial>> = self.nodes.0.iter().map(|_| Vec::with_capacity(partials.len())).collect();
        for partial in partials {
            for (list, partial) in lists.iter_mut().zip(partial) {
                list.push(partial);
            }
        }
        self.nodes.merge(lists)
    }
}

struct SegmentAggregations<'a> {
    nodes: SegmentNodes<'a>,
    docs: Vec<DocId>,
    /// At the top there is one bucket: all zeros, as many as there were documents in the largest batch.
    buckets: Vec<u32>,
}

impl SegmentAggregations<'_> {
    fn flush(&mut self) -> Result<(), Error> {
        if self.buckets.len() < self.docs.len() {
            self.buckets.resize(self.docs.len(), 0);
        }
        self.nodes.collect(Batch { docs: &self.docs, buckets: &self.buckets[..self.docs.len()] })?;
        self.docs.clear();
        Ok(())
    }
}

impl SegmentCollector<Vec<Partial>> for SegmentAggregations<'_> {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        self.docs.extend_from_slice(matches.docs);
        if self.docs.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn threshold(&self) -> Option<Score> {
        None
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<Partial>, Error> {
        self.flush()?;
        let lists = self.nodes.finish(1)?;
        Ok(lists.into_iter().flatten().collect())
    }
}
