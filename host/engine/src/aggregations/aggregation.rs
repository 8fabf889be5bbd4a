//! The traits of an aggregation that is planned for one index.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tantivy::SegmentReader;

use super::answer::Answer;
use super::answering::Answering;
use super::batch::Batch;
use super::doc_scores::DocScores;
use super::metric::{Metric, MetricError};
use super::partial::Partial;
use crate::Error;
use crate::collect::SegmentContext;
use crate::memory::Memory;
use crate::nested::ScopeDocuments;
use crate::warmup::WarmupInfo;

/// An aggregation, ready for any segment.
pub(super) trait Aggregation: Send + Sync {
    /// Its type, as `typed_keys` shows it. It depends on the field.
    fn type_name(&self) -> &'static str;

    /// Gets ready for one segment.
    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error>;

    /// The result for all documents of a segment without deleted ones; `None` if every document must be visited.
    fn of_all(&self, _opening: &Opening<'_>) -> Result<Option<Partial>, Error> {
        Ok(None)
    }

    /// Records what [`Aggregation::of_all`] will read.
    fn record_of_all(&self, _info: &mut WarmupInfo) {}

    /// About what it costs to merge the result of a part of the segment with those of other parts, in documents that could be
    /// collected in that time. `None` if it is unknown, or no part is collected on its own.
    fn merge_cost(&self, _segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(None)
    }

    /// Merges results of the same bucket. Of none, the result of no documents.
    fn merge(&self, partials: Vec<Partial>) -> Partial;

    /// The value that the path of an `order` leads to. An aggregation with several buckets has none.
    fn metric(&self, _path: &[&str]) -> Result<Metric, MetricError> {
        Err(MetricError::Buckets)
    }

    /// The complete result.
    fn answer(&self, partial: Partial, answering: &mut Answering) -> Result<Answer<'_>, Error>;
}

/// The cost of merging a few numbers.
pub(super) const METRIC_COST: u64 = 30;

/// The cost of merging thousands of numbers.
pub(super) const SKETCH_COST: u64 = 5_000;

/// The cost of merging a bucket that is identified by a number.
pub(super) const BUCKET_COST: u64 = 50;

/// The cost of merging a bucket that is identified by texts, which are looked up in the dictionary before.
pub(super) const TEXT_BUCKET_COST: u64 = 200;

impl<'a> Answer<'a> {
    /// Of an aggregation without buckets, with the figures that its paths lead to.
    pub(super) fn from_figures(shown: Map<String, Json>, aggregation: &'a dyn Aggregation, partial: Partial) -> Self {
        Self::with_figures(shown, move |path| Ok(aggregation.metric(path)?.of(&partial)))
    }
}

/// What an aggregation is opened with.
pub(super) struct Opening<'a> {
    pub(super) segment: &'a SegmentContext<'a>,
    pub(super) memory: &'a Arc<Memory>,
    /// Those of all matches, if an aggregation reads scores.
    pub(super) scores: &'a DocScores,
}

impl Opening<'_> {
    /// The scores of the matches, or of the nested objects in these documents of the index.
    pub(super) fn scores_of(&self, roots: Option<&ScopeDocuments>) -> Result<DocScores, Error> {
        Ok(match roots {
            None => self.scores.clone(),
            Some(roots) => self.scores.of_objects(roots.of(self.segment.reader)?),
        })
    }
}

/// An aggregation at work on one segment, for all buckets of the aggregation around it.
pub(super) trait SegmentAggregation {
    /// Takes documents. They ascend within a batch and from batch to batch.
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error>;

    /// One result for each bucket of the aggregation around, whose number is `parents`.
    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error>;
}
