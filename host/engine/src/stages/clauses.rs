//! A `bool` whose clauses have stages, over the candidates that its other clauses let through.

use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::pipeline::{Pipeline, SegmentPipeline};
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;

/// The clauses of a `bool` that tantivy does not answer.
pub(crate) struct Clauses {
    pub(crate) must: Vec<Pipeline>,
    pub(crate) must_not: Vec<Pipeline>,
    pub(crate) should: Vec<Pipeline>,
    /// How many of `should` must match.
    pub(crate) minimum_should_match: usize,
    /// Whether the scores of the clauses are used.
    pub(crate) scored: bool,
}

pub(crate) struct ClausesStage {
    clauses: Clauses,
}

impl ClausesStage {
    pub(crate) fn new(mut clauses: Clauses) -> Self {
        // Cheap clauses first: functions need not be called for the documents that they decide.
        clauses.should.sort_by_key(is_costly);
        ClausesStage { clauses }
    }

    fn all(&self) -> impl Iterator<Item = &Pipeline> {
        self.clauses.must.iter().chain(&self.clauses.must_not).chain(&self.clauses.should)
    }
}

fn is_costly(pipeline: &Pipeline) -> bool {
    pipeline.stages.iter().any(|stage| stage.is_costly())
}

impl Stage for ClausesStage {
    fn effect(&self) -> Effect {
        if self.clauses.scored { Effect::Adds } else { Effect::Filters }
    }

    fn needs_scores(&self) -> bool {
        false
    }

    fn is_costly(&self) -> bool {
        self.all().any(is_costly)
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        let open = |pipelines: &[Pipeline]| -> Result<Vec<SegmentPipeline>, Error> {
            pipelines.iter().map(|pipeline| pipeline.open(segment)).collect()
        };
        Ok(Box::new(SegmentClauses {
            must: open(&self.clauses.must)?,
            must_not: open(&self.clauses.must_not)?,
            should: open(&self.clauses.should)?,
            minimum_should_match: self.clauses.minimum_should_match,
            scored: self.clauses.scored,
            matched: Vec::new(),
            added_scores: Vec::new(),
            undecided: Vec::new(),
            undecided_docs: Vec::new(),
        }))
    }
}

struct SegmentClauses {
    must: Vec<SegmentPipeline>,
    must_not: Vec<SegmentPipeline>,
    should: Vec<SegmentPipeline>,
    minimum_should_match: usize,
    scored: bool,
    /// How many clauses each candidate matched.
    matched: Vec<usize>,
    /// What the clauses add to each candidate's score.
    added_scores: Vec<Score>,
    undecided: Vec<usize>,
    undecided_docs: Vec<DocId>,
}

impl SegmentStage for SegmentClauses {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        for clause in 0..self.must_not.len() {
            self.reset(candidates.len());
            self.must_not[clause].evaluate(&candidates.docs, |position, _| self.matched[position] = 1)?;
            candidates.retain(|position, _| self.matched[position] == 0);
        }
        for clause in 0..self.must.len() {
            self.reset(candidates.len());
            self.must[clause].evaluate(&candidates.docs, |position, score| {
                self.matched[position] = 1;
                self.added_scores[position] = score;
            })?;
            self.add_scores(candidates);
            candidates.retain(|position, _| self.matched[position] == 1);
        }
        self.apply_should(candidates)
    }
}

impl SegmentClauses {
    fn apply_should(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        self.reset(candidates.len());
        for clause in 0..self.should.len() {
            let clauses_left = self.should.len() - clause;
            self.undecided.clear();
            for (position, matched) in self.matched.iter().enumerate() {
                let can_match = matched + clauses_left >= self.minimum_should_match;
                let is_settled = !self.scored && *matched >= self.minimum_should_match;
                if can_match && !is_settled {
                    self.undecided.push(position);
                }
            }
            self.undecided_docs.clear();
            self.undecided_docs.extend(self.undecided.iter().map(|position| candidates.docs[*position]));
            self.should[clause].evaluate(&self.undecided_docs, |index, score| {
                let position = self.undecided[index];
                self.matched[position] += 1;
                self.added_scores[position] += score;
            })?;
        }
        self.add_scores(candidates);
        candidates.retain(|position, _| self.matched[position] >= self.minimum_should_match);
        Ok(())
    }

    fn reset(&mut self, candidates: usize) {
        self.matched.clear();
        self.matched.resize(candidates, 0);
        self.added_scores.clear();
        self.added_scores.resize(candidates, 0.0);
    }

    fn add_scores(&self, candidates: &mut Candidates) {
        if self.scored {
            for (score, added) in candidates.scores.iter_mut().zip(&self.added_scores) {
                *score += added;
            }
        }
    }
}
