//! New scores from functions and previous scores: `function_score`, and `script_score` as its simplest case.

use std::sync::Arc;

use tantivy::{DocId, Score, SegmentReader};

use super::candidates::Candidates;
use super::factor_bound::{Applies, FactorBound};
use super::pipeline::{Pipeline, SegmentPipeline};
use super::score_mode::{Combined, ScoreMode};
use super::stage::{Effect, SegmentStage, Stage};
use crate::Error;
use crate::columns::document_id;

/// Computes a factor for each document.
pub(crate) trait ScoreFunction: Send + Sync {
    fn needs_scores(&self) -> bool;

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentScoreFunction>, Error>;
}

/// A score function at work on one segment.
pub(crate) trait SegmentScoreFunction: Send {
    /// Replaces `factors` by one for each document.
    fn factors(&mut self, docs: &[DocId], scores: &[Score], factors: &mut Vec<f64>) -> Result<(), Error>;

    /// The factor of no document whose score is at most `score` is more than this; infinity if no bound is known. It grows with
    /// `score`.
    fn max_factor(&mut self, _: Score) -> Result<f64, Error> {
        Ok(f64::INFINITY)
    }
}

/// One entry of `functions`.
pub(crate) struct WeightedFunction {
    /// The documents that it applies to; `None` means all.
    pub(crate) filter: Option<Pipeline>,
    /// `None` where the entry has a weight alone: the factor is 1.
    pub(crate) function: Option<Box<dyn ScoreFunction>>,
    pub(crate) weight: f64,
}

/// How the factor and the score of the query are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoostMode {
    Multiply,
    Replace,
    Sum,
    Average,
    Max,
    Min,
}

/// The greatest factor, unless a request gives a smaller one: the greatest score. Infinite factors become this, too.
pub(crate) const MAX_BOOST: f64 = Score::MAX as f64;

/// Replaces the score of each candidate.
pub(crate) struct FunctionScores {
    pub(crate) functions: Arc<[WeightedFunction]>,
    pub(crate) score_mode: ScoreMode,
    pub(crate) boost_mode: BoostMode,
    /// Greatest factor.
    pub(crate) max_boost: f64,
    /// Multiplies the result.
    pub(crate) boost: Score,
}

impl Stage for FunctionScores {
    fn effect(&self) -> Effect {
        Effect::Rescores
    }

    fn needs_scores(&self) -> bool {
        self.boost_mode != BoostMode::Replace
            || self.functions.iter().filter_map(|entry| entry.function.as_ref()).any(|function| function.needs_scores())
    }

    fn is_costly(&self) -> bool {
        true
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error> {
        let mut functions = Vec::with_capacity(self.functions.len());
        for entry in self.functions.iter() {
            functions.push(SegmentWeighted {
                filter: entry.filter.as_ref().map(|filter| filter.open(segment)).transpose()?,
                function: entry.function.as_ref().map(|function| function.open(segment)).transpose()?,
                weight: entry.weight,
            });
        }
        Ok(Box::new(SegmentScores {
            functions,
            score_mode: self.score_mode,
            rescoring: Rescoring { boost_mode: self.boost_mode, max_boost: self.max_boost, boost: self.boost },
            combined: Vec::new(),
            selected: Selection::default(),
            factors: Vec::new(),
            segment: segment.clone(),
        }))
    }
}

/// What becomes of a score.
#[derive(Clone, Copy)]
struct Rescoring {
    boost_mode: BoostMode,
    max_boost: f64,
    boost: Score,
}

impl Rescoring {
    fn score(self, score: Score, factor: f64) -> Score {
        let factor = at_most(factor, self.max_boost);
        (self.boost_mode.apply(f64::from(score), factor) * f64::from(self.boost)) as Score
    }

    /// Replaces scores, each by what becomes of it with its factor.
    fn rescore(self, scores: &mut [Score], factors: &[f64], factor: impl Fn(f64) -> f64) {
        // The mode is looked at once: a loop without branches handles several scores at a time.
        let with = |mode: BoostMode| Rescoring { boost_mode: mode, ..self };
        let pairs = scores.iter_mut().zip(factors).map(|(score, of_score)| (score, factor(*of_score)));
        match self.boost_mode {
            BoostMode::Multiply => pairs.for_each(|(s, f)| *s = with(BoostMode::Multiply).score(*s, f)),
            BoostMode::Replace => pairs.for_each(|(s, f)| *s = with(BoostMode::Replace).score(*s, f)),
            BoostMode::Sum => pairs.for_each(|(s, f)| *s = with(BoostMode::Sum).score(*s, f)),
            BoostMode::Average => pairs.for_each(|(s, f)| *s = with(BoostMode::Average).score(*s, f)),
            BoostMode::Max => pairs.for_each(|(s, f)| *s = with(BoostMode::Max).score(*s, f)),
            BoostMode::Min => pairs.for_each(|(s, f)| *s = with(BoostMode::Min).score(*s, f)),
        }
    }
}

struct SegmentWeighted {
    filter: Option<SegmentPipeline>,
    function: Option<Box<dyn SegmentScoreFunction>>,
    weight: f64,
}

struct SegmentScores {
    functions: Vec<SegmentWeighted>,
    score_mode: ScoreMode,
    rescoring: Rescoring,
    combined: Vec<Combined>,
    selected: Selection,
    factors: Vec<f64>,
    segment: SegmentReader,
}

/// The candidates that one function applies to.
#[derive(Default)]
struct Selection {
    positions: Vec<usize>,
    docs: Vec<DocId>,
    scores: Vec<Score>,
}

impl SegmentStage for SegmentScores {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error> {
        if let [entry] = &mut self.functions[..]
            && entry.filter.is_none()
        {
            entry.factors(&candidates.docs, &candidates.scores, &mut self.factors)?;
            let (weight, mode) = (entry.weight, self.score_mode);
            self.rescoring.rescore(&mut candidates.scores, &self.factors, |factor| {
                let mut combined = Combined::default();
                combined.add(mode, factor * weight, weight);
                combined.finish(mode)
            });
            return check_finite(candidates, &self.segment);
        }
        self.combined.clear();
        self.combined.resize(candidates.len(), Combined::default());
        for entry in 0..self.functions.len() {
            let is_for_all =
                self.functions[entry].filter.is_none() && (entry == 0 || self.score_mode != ScoreMode::First);
            if is_for_all {
                self.functions[entry].factors(&candidates.docs, &candidates.scores, &mut self.factors)?;
                self.add_factors(entry, 0..candidates.len());
                continue;
            }
            self.select(entry, candidates)?;
            let Selection { positions, docs, scores } = std::mem::take(&mut self.selected);
            self.functions[entry].factors(&docs, &scores, &mut self.factors)?;
            self.add_factors(entry, positions.iter().copied());
            self.selected = Selection { positions, docs, scores };
        }
        for (score, combined) in candidates.scores.iter_mut().zip(&self.combined) {
            *score = self.rescoring.score(*score, combined.finish(self.score_mode));
        }
        check_finite(candidates, &self.segment)
    }

    fn max_score(&mut self, score: Score) -> Result<Score, Error> {
        let mut bound = FactorBound::new(self.score_mode);
        for entry in &mut self.functions {
            let factor = match &mut entry.function {
                Some(function) => function.max_factor(score)?,
                None => 1.0,
            };
            let applies = if entry.filter.is_some() { Applies::ToSome } else { Applies::ToAll };
            bound.add(factor, entry.weight, applies);
        }
        let bound = self.rescoring.score(score, bound.factor());
        Ok(if bound.is_nan() { Score::INFINITY } else { bound })
    }
}

impl SegmentWeighted {
    /// Replaces `factors` by one for each document, not weighted yet.
    fn factors(&mut self, docs: &[DocId], scores: &[Score], factors: &mut Vec<f64>) -> Result<(), Error> {
        match &mut self.function {
            Some(function) if !docs.is_empty() => function.factors(docs, scores, factors),
            _ => {
                factors.clear();
                factors.resize(docs.len(), 1.0);
                Ok(())
            }
        }
    }
}

impl SegmentScores {
    fn add_factors(&mut self, entry: usize, positions: impl Iterator<Item = usize>) {
        let (mode, weight) = (self.score_mode, self.functions[entry].weight);
        for (position, factor) in positions.zip(&self.factors) {
            self.combined[position].add(mode, factor * weight, weight);
        }
    }

    fn select(&mut self, entry: usize, candidates: &Candidates) -> Result<(), Error> {
        let Selection { positions, docs, scores } = &mut self.selected;
        positions.clear();
        let first_only = self.score_mode == ScoreMode::First;
        let combined = &self.combined;
        let is_wanted = |position: usize| !(first_only && combined[position].matched);
        match &mut self.functions[entry].filter {
            None => positions.extend((0..candidates.len()).filter(|position| is_wanted(*position))),
            Some(filter) => filter.evaluate(&candidates.docs, |position, _| {
                if is_wanted(position) {
                    positions.push(position);
                }
            })?,
        }
        docs.clear();
        docs.extend(positions.iter().map(|position| candidates.docs[*position]));
        scores.clear();
        scores.extend(positions.iter().map(|position| candidates.scores[*position]));
        Ok(())
    }
}

/// Refuses scores that are not valid: a factor may be infinite, and a product of valid numbers may leave the range of a score.
pub(super) fn check_finite(candidates: &Candidates, segment: &SegmentReader) -> Result<(), Error> {
    let is_valid = |score: &Score| score.is_finite() & (*score >= 0.0);
    // Without a branch: most batches are valid, and are checked soonest that way.
    if candidates.scores.iter().fold(true, |are_valid, score| are_valid & is_valid(score)) {
        return Ok(());
    }
    let Some(index) = candidates.scores.iter().position(|score| !is_valid(score)) else { return Ok(()) };
    let (score, id) = (candidates.scores[index], document_id(segment, candidates.docs[index])?);
    Err(Error::Argument(format!(
        "function score query returned an invalid score [{score}] for document [{id}]: must be a finite non-negative number"
    )))
}

/// The smaller number, or NaN if the factor is NaN, which `f64::min` would hide.
fn at_most(factor: f64, greatest: f64) -> f64 {
    if factor > greatest { greatest } else { factor }
}

impl BoostMode {
    pub(crate) fn apply(self, score: f64, factor: f64) -> f64 {
        match self {
            BoostMode::Multiply => score * factor,
            BoostMode::Replace => factor,
            BoostMode::Sum => score + factor,
            BoostMode::Average => f64::midpoint(score, factor),
            // A factor that is NaN stays so, to be reported.
            BoostMode::Max => {
                if score > factor {
                    score
                } else {
                    factor
                }
            }
            BoostMode::Min => at_most(factor, score),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_cut_off_and_nan_stays() {
        assert_eq!(at_most(f64::INFINITY, MAX_BOOST), 3.4028234663852886e38);
        assert_eq!([at_most(5.0, 5.0), at_most(5.1, 5.0)], [5.0, 5.0]);
        assert!(at_most(f64::NAN, 5.0).is_nan());
    }

    #[test]
    fn boost_modes() {
        let modes = [BoostMode::Multiply, BoostMode::Replace, BoostMode::Sum, BoostMode::Average];
        assert_eq!(modes.map(|mode| mode.apply(3.0, 5.0)), [15.0, 5.0, 8.0, 4.0]);
        assert_eq!([BoostMode::Max, BoostMode::Min].map(|mode| mode.apply(3.0, 5.0)), [5.0, 3.0]);
    }
}
