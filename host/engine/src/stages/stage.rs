//! The traits of a stage.

use std::ops::Range;

use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::known_docs::KnownDocs;
use crate::Error;

/// What a stage does to scores. It decides which stages may be taken out of a nested clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Drops documents and leaves scores alone.
    Filters,
    /// Drops documents, and adds to scores without looking at them.
    Adds,
    /// Makes new scores out of old ones.
    Rescores,
}

/// A step over batches of candidates, ready for any segment.
pub(crate) trait Stage: Send + Sync {
    fn effect(&self) -> Effect;

    /// Whether it reads the scores so far.
    fn needs_scores(&self) -> bool;

    /// Whether it computes something costly for each document, such as a function: such stages come after all others.
    fn is_costly(&self) -> bool;

    /// The stage that keeps exactly what this one drops, where there is one.
    fn negated(&self) -> Option<Box<dyn Stage>> {
        None
    }

    /// Exactly the documents that it keeps among some of a segment, where these are known beforehand.
    fn known(&self, _: &SegmentReader, _: Range<DocId>) -> Option<KnownDocs> {
        None
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error>;
}

/// A stage at work on one segment. Batches come in the order of the documents.
pub(crate) trait SegmentStage: Send {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error>;

    /// No candidate whose score so far is at most `score` gets more than this; infinity if no bound is known. It grows with `score`.
    fn max_score(&mut self, _: Score) -> Result<Score, Error> {
        Ok(Score::INFINITY)
    }
}
