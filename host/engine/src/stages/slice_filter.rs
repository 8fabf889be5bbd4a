//! Keeps one of several parts of the documents.

use tantivy::{Score, SegmentReader};

use super::candidates::Candidates;
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;

/// Keeps every `max`-th document, from the one with the number `id` on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SliceFilter {
    pub(crate) id: usize,
    pub(crate) max: usize,
}

impl Stage for SliceFilter {
    fn effect(&self) -> Effect {
        Effect::Filters
    }

    fn needs_scores(&self) -> bool {
        false
    }

    fn is_costly(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        // Of many segments with few documents, each slice gets its share.
        let id = segment.segment_id().uuid_string();
        let shift = id.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        Ok(Box::new(SegmentSlice { shift: shift % self.max, slice: *self }))
    }
}

struct SegmentSlice {
    shift: usize,
    slice: SliceFilter,
}

impl SegmentStage for SegmentSlice {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let SegmentSlice { shift, slice: SliceFilter { id, max } } = *self;
        candidates.retain_docs(|doc| (doc as usize + shift) % max == id);
        Ok(())
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        Ok(score)
    }
}
