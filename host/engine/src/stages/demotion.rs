//! Lowers the scores of documents that a query matches, and multiplies all scores by a boost.

use tantivy::{Score, SegmentReader};

use super::candidates::Candidates;
use super::pipeline::{Pipeline, SegmentPipeline};
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;

/// Multiplies the scores of the candidates that `negative` matches by a factor, and all scores by a boost.
pub(crate) struct Demotion {
    pub(crate) negative: Pipeline,
    pub(crate) factor: Score,
    pub(crate) boost: Score,
}

impl Stage for Demotion {
    fn effect(&self) -> Effect {
        Effect::Rescores
    }

    fn needs_scores(&self) -> bool {
        true
    }

    fn is_costly(&self) -> bool {
        self.negative.stages.iter().any(|stage| stage.is_costly())
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        Ok(Box::new(SegmentDemotion { negative: self.negative.open(segment)?, factor: self.factor, boost: self.boost }))
    }
}

struct SegmentDemotion {
    negative: SegmentPipeline,
    factor: Score,
    boost: Score,
}

impl SegmentStage for SegmentDemotion {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let scores = &mut candidates.scores;
        self.negative.evaluate(&candidates.docs, |position, _| scores[position] *= self.factor)?;
        if self.boost != 1.0 {
            scores.iter_mut().for_each(|score| *score *= self.boost);
        }
        Ok(())
    }
}
