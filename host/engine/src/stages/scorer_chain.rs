//! User functions that score, one after another: each is called about what those before it left, and may read their scores.

use std::sync::Arc;

use quidditch_function::BoundScorer;
use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::function_scores::{ScoreFunction, SegmentScoreFunction, check_finite};
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::functions::{ColumnValues, ScorerFunction, SegmentFunction};
use crate::progress::Progress;

/// Functions that score one after another. Each gets the scores of the one before, and the first those of the query.
pub(crate) struct ScorerChain {
    pub(crate) scorers: Arc<[ChainedScorer]>,
    pub(crate) progress: Arc<Progress>,
}

/// One function of a chain.
pub(crate) struct ChainedScorer {
    pub(crate) function: Arc<ScorerFunction>,
    /// Documents that it scores lower are dropped.
    pub(crate) min_score: Option<Score>,
    /// Whether later functions may read its scores.
    pub(crate) input: InputOfLater,
}

/// Whether later functions of a chain may read the scores of a function as a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputOfLater {
    Yes,
    No,
}

/// A chain at work on one segment.
struct SegmentScorerChain {
    scorers: Arc<[ChainedScorer]>,
    functions: Vec<SegmentFunction<dyn BoundScorer>>,
    progress: Arc<Progress>,
    /// The documents that are left, and their scores so far.
    docs: Vec<DocId>,
    scores: Vec<Score>,
    /// The scores that later functions may read, for the documents that are left.
    inputs: Vec<Vec<Score>>,
    answer: Vec<Score>,
}

impl ScorerChain {
    /// Whether one of the functions drops documents by their scores.
    pub(crate) fn drops_documents(&self) -> bool {
        self.scorers.iter().any(|scorer| scorer.min_score.is_some())
    }

    fn open_chain(&self, segment: &SegmentReader) -> Result<SegmentScorerChain, Error> {
        let functions = self.scorers.iter().map(|scorer| scorer.function.open(segment));
        Ok(SegmentScorerChain {
            scorers: Arc::clone(&self.scorers),
            functions: functions.collect::<Result<_, _>>()?,
            progress: Arc::clone(&self.progress),
            docs: Vec::new(),
            scores: Vec::new(),
            inputs: Vec::new(),
            answer: Vec::new(),
        })
    }

    /// What each function receives and returns for a document that has a score, up to the one that drops it.
    pub(crate) fn results(
        &self,
        segment: &SegmentReader,
        doc: DocId,
        score: Score,
    ) -> Result<Vec<(ColumnValues, Score)>, Error> {
        let mut chain = self.open_chain(segment)?;
        chain.start(&[doc], &[score]);
        let mut results = Vec::with_capacity(self.scorers.len());
        for scorer in 0..self.scorers.len() {
            if chain.docs.is_empty() {
                break;
            }
            chain.score(scorer)?;
            results.push((chain.functions[scorer].values_of_first(), chain.scores[0]));
            chain.drop_below_minimum(scorer);
        }
        Ok(results)
    }
}

impl SegmentScorerChain {
    fn start(&mut self, docs: &[DocId], scores: &[Score]) {
        self.docs.clear();
        self.docs.extend_from_slice(docs);
        self.scores.clear();
        self.scores.extend_from_slice(scores);
        self.inputs.clear();
    }

    fn run(&mut self) -> Result<(), Error> {
        for scorer in 0..self.scorers.len() {
            if self.docs.is_empty() {
                break;
            }
            self.score(scorer)?;
            self.drop_below_minimum(scorer);
        }
        Ok(())
    }

    /// Replaces the scores by those of a function.
    fn score(&mut self, scorer: usize) -> Result<(), Error> {
        let function = &mut self.functions[scorer];
        for (input, scores) in self.inputs.iter().enumerate() {
            function.set_input(input, scores);
        }
        let ChainedScorer { function: bound, input, .. } = &self.scorers[scorer];
        let scores = if bound.needs_score { &self.scores[..] } else { &[] };
        function.score(&self.docs, scores, &self.progress, &mut self.answer)?;
        std::mem::swap(&mut self.scores, &mut self.answer);
        if *input == InputOfLater::Yes {
            self.inputs.push(self.scores.clone());
        }
        Ok(())
    }

    fn drop_below_minimum(&mut self, scorer: usize) {
        let Some(min_score) = self.scorers[scorer].min_score else { return };
        let mut kept = 0;
        for position in 0..self.docs.len() {
            if self.scores[position] >= min_score {
                self.docs[kept] = self.docs[position];
                self.scores[kept] = self.scores[position];
                self.inputs.iter_mut().for_each(|scores| scores[kept] = scores[position]);
                kept += 1;
            }
        }
        self.docs.truncate(kept);
        self.scores.truncate(kept);
        self.inputs.iter_mut().for_each(|scores| scores.truncate(kept));
    }

    fn max_result(&mut self, score: Score) -> Result<Score, Error> {
        let mut bound = score;
        for (scorer, function) in self.scorers.iter().zip(&mut self.functions) {
            // A function that does not read scores has one bound for all documents.
            let score = if scorer.function.needs_score { bound } else { Score::INFINITY };
            bound = function.max_score(score, &self.progress)?;
        }
        Ok(bound)
    }
}

/// As a function among others: it must not drop documents.
impl ScoreFunction for ScorerChain {
    fn needs_scores(&self) -> bool {
        self.scorers.first().is_some_and(|scorer| scorer.function.needs_score)
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentScoreFunction>, Error> {
        Ok(Box::new(self.open_chain(segment)?))
    }
}

impl SegmentScoreFunction for SegmentScorerChain {
    fn factors(&mut self, docs: &[DocId], scores: &[Score], factors: &mut Vec<f64>) -> Result<(), Error> {
        let results = if let ([scorer], [function]) = (&self.scorers[..], &mut self.functions[..]) {
            let scores = if scorer.function.needs_score { scores } else { &[] };
            function.score(docs, scores, &self.progress, &mut self.answer)?;
            &self.answer
        } else {
            self.start(docs, scores);
            self.run()?;
            &self.scores
        };
        factors.clear();
        factors.extend(results.iter().map(|score| f64::from(*score)));
        Ok(())
    }

    fn max_factor(&mut self, score: Score) -> Result<f64, Error> {
        self.max_result(score).map(f64::from)
    }
}

/// Replaces the score of each candidate by what a chain returns, and drops those that the chain drops.
pub(crate) struct ChainScores {
    pub(crate) chain: ScorerChain,
    /// Multiplies the result.
    pub(crate) boost: Score,
}

impl Stage for ChainScores {
    fn effect(&self) -> Effect {
        Effect::Rescores
    }

    fn needs_scores(&self) -> bool {
        self.chain.needs_scores()
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        let (chain, boost) = (self.chain.open_chain(segment)?, self.boost);
        Ok(Box::new(SegmentChainScores { chain, boost, segment: segment.clone() }))
    }
}

struct SegmentChainScores {
    chain: SegmentScorerChain,
    boost: Score,
    segment: SegmentReader,
}

impl SegmentStage for SegmentChainScores {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        let SegmentChainScores { chain, boost, segment } = self;
        chain.inputs.clear();
        // Swapped and not copied: most chains have one function, which leaves the documents as they are.
        std::mem::swap(&mut candidates.docs, &mut chain.docs);
        std::mem::swap(&mut candidates.scores, &mut chain.scores);
        chain.run()?;
        std::mem::swap(&mut candidates.docs, &mut chain.docs);
        std::mem::swap(&mut candidates.scores, &mut chain.scores);
        candidates.scores.iter_mut().for_each(|score| *score *= *boost);
        check_finite(candidates, segment)
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        let bound = self.chain.max_result(score)? * self.boost;
        Ok(if bound.is_nan() { Score::INFINITY } else { bound })
    }
}
