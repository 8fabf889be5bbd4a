//! Keeps documents that match enough of several clauses, where each document says how many are enough.

use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::pipeline::{Pipeline, SegmentPipeline};
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::columns::{ColumnSource, FloatReader};

/// Keeps documents that match at least as many clauses as the value of a column says, and at least one. A document without a value
/// is dropped. The scores of the clauses are added.
pub(crate) struct MinimumMatch {
    pub(crate) clauses: Vec<Pipeline>,
    /// Numbers, of which the smallest of a document counts.
    pub(crate) minimum: ColumnSource,
}

impl Stage for MinimumMatch {
    fn effect(&self) -> Effect {
        Effect::Adds
    }

    fn needs_scores(&self) -> bool {
        false
    }

    fn is_costly(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        let clauses = self.clauses.iter().map(|clause| clause.open(segment)).collect::<Result<_, _>>()?;
        let minimum = FloatReader::open(&self.minimum, segment)?;
        Ok(Box::new(SegmentMinimumMatch { clauses, minimum, matched: Vec::new(), added_scores: Vec::new() }))
    }
}

struct SegmentMinimumMatch {
    clauses: Vec<SegmentPipeline>,
    minimum: FloatReader,
    /// How many clauses each candidate matched.
    matched: Vec<usize>,
    added_scores: Vec<Score>,
}

impl SegmentStage for SegmentMinimumMatch {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let docs: &[DocId] = &candidates.docs;
        self.matched.clear();
        self.matched.resize(docs.len(), 0);
        self.added_scores.clear();
        self.added_scores.resize(docs.len(), 0.0);
        for clause in &mut self.clauses {
            clause.evaluate(docs, |position, score| {
                self.matched[position] += 1;
                self.added_scores[position] += score;
            })?;
        }
        let minimum = self.minimum.gather(docs)?;
        for (score, added) in candidates.scores.iter_mut().zip(&self.added_scores) {
            *score += added;
        }
        candidates.retain(|position, _| {
            let required = minimum.of(position).first();
            required.is_some_and(|required| self.matched[position] as f64 >= required.trunc().max(1.0))
        });
        Ok(())
    }
}
