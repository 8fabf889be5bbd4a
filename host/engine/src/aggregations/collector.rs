//! The aggregations of a request as a collector.

use std::sync::Arc;

use tantivy::{DocId, Score, SegmentReader};

use super::aggregation::Opening;
use super::answering::Answering;
use super::answers::Answers;
use super::batch::{BATCH, Batch};
use super::doc_scores::DocScores;
use super::nodes::{Nodes, SegmentNodes};
use super::partial::Partial;
use super::pipelines::Pipeline;
use crate::Error;
use crate::collect::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext, deferred};
use crate::memory::{Memory, Reservation};
use crate::scores::Scores;
use crate::warmup::WarmupInfo;

/// Planned aggregations over the same documents.
pub(crate) struct Aggregations {
    nodes: Nodes,
    /// Those at the top, in the order in which they run.
    pipelines: Arc<[Pipeline]>,
    /// Whether any of them reads scores.
    scores: Scores,
    memory: Arc<Memory>,
    /// Whether they read computed columns, and if they do, whether these need scores.
    computed: Option<Scores>,
}

impl Aggregations {
    pub(super) fn new(
        nodes: Nodes,
        pipelines: Arc<[Pipeline]>,
        scores: Scores,
        memory: &Arc<Memory>,
        computed: Option<Scores>,
    ) -> Self {
        Aggregations { nodes, pipelines, scores, memory: Arc::clone(memory), computed }
    }

    /// Whether any of them reads scores.
    pub(crate) fn scores(&self) -> Scores {
        self.scores
    }

    /// Records what they will read of segments all of whose documents match.
    pub(crate) fn record_of_all(&self, info: &mut WarmupInfo) {
        self.nodes.record_of_all(info);
    }

    /// Whether any of them reads computed columns.
    pub(crate) fn reads_computed(&self) -> bool {
        self.computed.is_some()
    }

    /// The complete results, with those of pipelines.
    pub(crate) fn answer(&self, partials: Vec<Partial>, answering: &mut Answering) -> Result<Answers<'_>, Error> {
        let mut answers = self.nodes.answer(partials, answering)?;
        if answering.is_complete() {
            for pipeline in &*self.pipelines {
                pipeline.run_at_level(&mut answers)?;
            }
        }
        Ok(Answers::new(answers))
    }
}

impl Collector for Aggregations {
    type Partial = Vec<Partial>;

    fn demand(&self) -> Demand {
        let are_needed = self.scores == Scores::Needed || self.computed == Some(Scores::Needed);
        if are_needed { Demand::Scores } else { Demand::Documents }
    }

    fn may_skip(&self) -> bool {
        false
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.nodes.merge_cost(segment)
    }

    fn of_all(&self, segment: &SegmentContext<'_>) -> Result<Option<Vec<Partial>>, Error> {
        if self.demand() != Demand::Documents || self.reads_computed() {
            return Ok(None);
        }
        self.nodes.of_all(&Opening { segment, memory: &self.memory, scores: &DocScores::default() })
    }

    /// None: planning announces them.
    fn columns(&self, _: &mut dyn FnMut(&str)) {}

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Vec<Partial>>, Error> {
        if self.reads_computed() && segment.matched.is_none() {
            return Ok(deferred(segment, |segment| self.open(segment)));
        }
        let scores = DocScores::default();
        let nodes = self.nodes.open(&Opening { segment, memory: &self.memory, scores: &scores })?;
        Ok(Box::new(SegmentAggregations {
            nodes,
            docs: Vec::with_capacity(2 * BATCH),
            buckets: Vec::new(),
            scores: (self.scores == Scores::Needed).then(|| (scores, self.memory.reservation())),
        }))
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
    /// If any of them reads scores.
    scores: Option<(DocScores, Reservation)>,
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
        if let Some((scores, reservation)) = &mut self.scores {
            scores.add(matches.docs, matches.scores, reservation)?;
        }
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
