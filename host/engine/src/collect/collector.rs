//! The traits of a collector.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tantivy::{DocId, Score, SegmentReader, TantivyError};

use crate::Error;
use crate::columns::MatchedColumns;
use crate::progress::Progress;

/// What a search does with its matches: it counts them, keeps the best, or computes something of their values.
///
/// A collector is opened for each segment, possibly in several threads, and is handed the matches of the segment batch by
/// batch. Each segment leads to a partial result, and partial results merge into one. They can be serialised, so that segments
/// may be searched by several processes.
///
/// Several collectors run over the same matches in one pass: `(A, B)` and `Option<A>` are collectors, too.
pub(crate) trait Collector: Sync {
    /// What was collected of some segments. Documents in it are named by split, not by tantivy's segments.
    type Partial: Serialize + DeserializeOwned + Send + 'static;

    /// What the collector must be told about each segment.
    fn demand(&self) -> Demand;

    /// Whether matches may be skipped once [`SegmentCollector::threshold`] says so.
    fn may_skip(&self) -> bool;

    /// Whether the segments must be searched one after another, in the order of the index.
    fn must_search_in_order(&self) -> bool {
        false
    }

    /// About what it costs to merge the result of a part of the segment with those of other parts, in matches that could be
    /// collected in that time. `None` if it is unknown, or no part is collected on its own.
    fn merge_cost(&self, _segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(None)
    }

    /// Names the columns that it reads, so that they can be fetched before the search runs.
    fn columns(&self, record: &mut dyn FnMut(&str));

    /// The result for a segment of which all documents match and none is deleted; `None` if every document must be visited.
    fn of_all(&self, _segment: &SegmentContext<'_>) -> Result<Option<Self::Partial>, Error> {
        Ok(None)
    }

    /// Gets ready for one segment.
    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Self::Partial>, Error>;

    /// Merges partial results, in any order and any grouping. Of no partial results, the result of no matches.
    fn merge(&self, partials: Vec<Self::Partial>) -> Self::Partial;
}

/// A [`SegmentCollector`] of one segment.
pub(crate) type SegmentCollecting<'a, P> = Box<dyn SegmentCollector<P> + 'a>;

/// A collector at work on one segment.
pub(crate) trait SegmentCollector<P> {
    /// Takes the number of matches, instead of the matches; called at most once, if the demand of all collectors of a search is
    /// at most [`Demand::Count`].
    fn count(&mut self, matched: u64);

    /// Takes a batch of matches.
    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error>;

    /// The score that a further match must exceed to make a difference; infinite if none can. `None` if every match makes a
    /// difference.
    fn threshold(&self) -> Option<Score>;

    /// The result for this segment.
    fn finish(self: Box<Self>) -> Result<P, Error>;
}

/// What a collector must be told about a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Demand {
    /// Nothing: the segment need not be searched.
    Nothing,
    /// The number of matches.
    Count,
    /// The matches.
    Documents,
    /// The matches with their scores.
    Scores,
}

/// A segment that is about to be searched.
pub(crate) struct SegmentContext<'a> {
    pub(crate) reader: &'a SegmentReader,
    /// The number of its split in the snapshot.
    pub(crate) split: usize,
    /// The position of its first document in the index.
    pub(crate) first_position: u64,
    pub(crate) progress: &'a Arc<Progress>,
    /// Whether it is the only segment of the search, so that nothing is merged with its result.
    pub(crate) is_only: bool,
    /// What is computed of its matches, once they are known: [`deferred`](super::deferred()).
    pub(crate) matched: Option<&'a MatchedColumns<'a>>,
}

impl SegmentContext<'_> {
    /// What is computed of the matches.
    ///
    /// # Errors
    /// If the matches are not known: the collector should be deferred.
    pub(crate) fn matched(&self) -> Result<&MatchedColumns<'_>, Error> {
        let unknown =
            || TantivyError::InternalError("a computed column is read before the matches are known".to_owned());
        Ok(self.matched.ok_or_else(unknown)?)
    }
}

/// A batch of matches of one segment, none of them deleted.
#[derive(Clone, Copy)]
pub(crate) struct Matches<'a> {
    /// Ascending, within a batch and from batch to batch.
    pub(crate) docs: &'a [DocId],
    /// One for each document; empty if no collector demands scores.
    pub(crate) scores: &'a [Score],
}

impl<'a> Matches<'a> {
    /// The first `count` of them.
    pub(crate) fn first(&self, count: usize) -> Matches<'a> {
        Matches { docs: &self.docs[..count], scores: self.scores.get(..count).unwrap_or_default() }
    }
}
