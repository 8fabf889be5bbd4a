//! `filter`: the documents that match a query.

use tantivy::{DocId, SegmentReader};

use super::aggregation::{Aggregation, BUCKET_COST, Opening, SegmentAggregation};
use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::definition::{Definition, Layout};
use super::metric::{Metric, MetricError};
use super::nodes::Nodes;
use super::partial::Partial;
use super::positions::{self, SegmentPositions};
use crate::Error;
use crate::clause::Clause;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::request::Parser;
use crate::scores::{Scores, Scoring};
use crate::stages::{Pipeline, SegmentPipeline};

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Definition>, ParseError> {
    Ok(Box::new(FilterDefinition(parser.query(node)?)))
}

struct FilterDefinition(Box<dyn Clause>);

impl Definition for FilterDefinition {
    fn plan(&self, planner: &Planner<'_>, _: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error> {
        let pipeline = plan_filter(&*self.0, planner)?;
        Ok(Box::new(Filter { pipeline, inner }))
    }

    fn layout(&self) -> Layout {
        Layout::One
    }
}

/// Plans a query that answers for documents that others find.
pub(super) fn plan_filter(clause: &dyn Clause, planner: &Planner<'_>) -> Result<Pipeline, Error> {
    clause.plan(planner, Scoring::FILTER)?.into_pipeline(planner, Scores::Ignored)
}

struct Filter {
    pipeline: Pipeline,
    inner: Nodes,
}

impl Aggregation for Filter {
    fn type_name(&self) -> &'static str {
        "filter"
    }

    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
        Ok(Box::new(SegmentFilter {
            pipeline: self.pipeline.open(opening.segment.reader)?,
            distinct: Distinct::default(),
            buckets: SegmentPositions::open(1, &self.inner, opening)?,
        }))
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.inner.merge_cost_in(1, BUCKET_COST, segment)
    }

    fn merge(&self, partials: Vec<Partial>) -> Partial {
        positions::merge(1, &self.inner, partials)
    }

    fn metric(&self, path: &[&str]) -> Result<Metric, MetricError> {
        positions::metric(&self.inner, path)
    }

    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error> {
        positions::answer(&self.inner, partial, answering)
    }
}

/// The documents of a batch, each once: queries answer for a document once.
#[derive(Default)]
pub(super) struct Distinct {
    docs: Vec<DocId>,
    matched: Vec<bool>,
}

impl Distinct {
    pub(super) fn begin(&mut self, batch: Batch<'_>) {
        self.docs.clear();
        self.docs.extend_from_slice(batch.docs);
        self.docs.dedup();
    }

    /// Asks a query, and calls `matched` with the position in the batch of each document that matches.
    pub(super) fn matching(
        &mut self,
        batch: Batch<'_>,
        pipeline: &mut SegmentPipeline,
        mut matched: impl FnMut(usize),
    ) -> Result<(), Error> {
        self.matched.clear();
        self.matched.resize(self.docs.len(), false);
        let flags = &mut self.matched;
        pipeline.evaluate(&self.docs, |position, _| flags[position] = true)?;
        let mut at = 0;
        for (position, doc) in batch.docs.iter().enumerate() {
            at += usize::from(self.docs[at] != *doc);
            if self.matched[at] {
                matched(position);
            }
        }
        Ok(())
    }
}

struct SegmentFilter<'a> {
    pipeline: SegmentPipeline,
    distinct: Distinct,
    buckets: SegmentPositions<'a>,
}

impl SegmentAggregation for SegmentFilter<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let SegmentFilter { pipeline, distinct, buckets } = self;
        buckets.begin(batch)?;
        distinct.begin(batch);
        distinct.matching(batch, pipeline, |position| buckets.add(batch, position, 0))?;
        buckets.end()
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.buckets.finish(parents)
    }
}
