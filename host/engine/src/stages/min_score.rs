//! Drops documents below a score.

use tantivy::{Score, SegmentReader};

use super::candidates::Candidates;
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;

/// Keeps documents whose score is at least this.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MinScore(pub(crate) Score);

impl Stage for MinScore {
    /// It does not change scores, but it must see the final ones: it cannot move past a stage that adds to them.
    fn effect(&self) -> Effect {
        Effect::Rescores
    }

    fn needs_scores(&self) -> bool {
        true
    }

    fn is_costly(&self) -> bool {
        false
    }

    fn open(&self, _: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        Ok(Box::new(*self))
    }
}

impl SegmentStage for MinScore {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        candidates.retain(|_, score| score >= self.0);
        Ok(())
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        Ok(score)
    }
}
