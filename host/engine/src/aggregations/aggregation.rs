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

/// An aggregation, ready for any segment.
pub(super) trait Aggregation: Send + Sync {
    /// Its type, as `typed_keys` shows it. It depends on the field.
    fn type_name(&self) -> &'static str;

    /// Gets ready for one segment.
    fn open<'a>(&'a self, opening: &Opening<'_>) -> Result<Box<dyn SegmentAggregation + 'a>, Error>;

    /// Whether several threads are faster than one where each collects some documents of the segment: not if merging costs as
    /// much as collecting.
    fn is_divisible(&self, _segment: &SegmentReader) -> tantivy::Result<bool> {
        Ok(false)
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
