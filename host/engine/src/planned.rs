//! A clause, planned for one index: what tantivy finds, and what stages do with it.

use std::sync::Arc;

use tantivy::Score;
use tantivy::query::{AllQuery, BoostQuery, ConstScoreQuery, EmptyQuery, EnableScoring, Query};

use crate::Error;
use crate::planner::Planner;
use crate::stage::{BoostMode, ScoreMode};
use crate::stage::{Effect, FunctionScores, Pipeline, Stage, StagedQuery};

/// Whether anybody will look at a clause's scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scores {
    Needed,
    Ignored,
}

/// A planned clause. It matches what `native` finds and the stages leave; it scores the native score, where that counts,
/// plus `constant`, and what the stages make of it.
pub(crate) struct Planned {
    /// `None` matches all documents.
    pub(crate) native: Option<Box<dyn Query>>,
    /// Whether the native query's scores count; if not, they are 0.
    pub(crate) scored: bool,
    pub(crate) constant: Score,
    pub(crate) stages: Vec<Box<dyn Stage>>,
}

impl Planned {
    /// A native query with scores of its own.
    pub(crate) fn scored(query: Box<dyn Query>, boost: Score) -> Self {
        let native: Box<dyn Query> = if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) };
        Planned { native: Some(native), scored: true, constant: 0.0, stages: Vec::new() }
    }

    /// A native query that gives every match the same score.
    pub(crate) fn constant(query: Box<dyn Query>, score: Score) -> Self {
        Planned { native: Some(query), scored: false, constant: score, stages: Vec::new() }
    }

    /// All documents, with the same score.
    pub(crate) fn all(score: Score) -> Self {
        Planned { native: None, scored: false, constant: score, stages: Vec::new() }
    }

    /// No documents.
    pub(crate) fn none() -> Self {
        Planned::constant(Box::new(EmptyQuery), 0.0)
    }

    /// All documents that a stage leaves, with the same score.
    pub(crate) fn stage(stage: Box<dyn Stage>, score: Score) -> Self {
        Planned { stages: vec![stage], ..Planned::all(score) }
    }

    /// The same matches, all with the same score.
    pub(crate) fn with_constant(mut self, score: Score) -> Self {
        if self.stages.iter().all(|stage| stage.effect() == Effect::Filters) {
            self.scored = false;
            self.constant = score;
        } else {
            // Its own stages look at scores, so these stay as they are, and only the outcome is forgotten.
            self.stages.push(constant_stage(score));
        }
        self
    }

    /// The same matches, scores multiplied.
    pub(crate) fn boosted(mut self, boost: Score) -> Self {
        if boost == 1.0 {
            return self;
        }
        if self.stages.iter().any(|stage| stage.effect() != Effect::Filters) {
            self.stages.push(boost_stage(boost));
            return self;
        }
        self.constant *= boost;
        if self.scored {
            self.native = self.native.map(|native| Box::new(BoostQuery::new(native, boost)) as Box<dyn Query>);
        }
        self
    }

    /// Whether it may be taken apart inside a conjunction: its stages then work on the conjunction's candidates.
    pub(crate) fn is_additive(&self) -> bool {
        self.stages.iter().all(|stage| stage.effect() <= Effect::Adds && !stage.needs_scores())
    }

    fn stages_need_scores(&self) -> bool {
        self.stages.iter().any(|stage| stage.needs_scores())
    }

    /// The native query as part of another that adds up scores.
    pub(crate) fn native_part(native: Box<dyn Query>, scored: bool) -> Box<dyn Query> {
        if scored { native } else { Box::new(ConstScoreQuery::new(native, 0.0)) }
    }

    /// Ready to answer for candidates that others find, or for itself.
    pub(crate) fn into_pipeline(self, planner: &Planner<'_>, scores: Scores) -> Result<Pipeline, Error> {
        let scored = self.scored && (scores == Scores::Needed || self.stages_need_scores());
        if let Some(native) = &self.native {
            planner.needs.query(&**native, if scored { Scores::Needed } else { Scores::Ignored });
        }
        let native = match (self.native, planner.searcher) {
            (None, _) | (_, None) => None,
            (Some(native), Some(searcher)) => {
                let scoring = if scored {
                    EnableScoring::enabled_from_searcher(searcher)
                } else {
                    EnableScoring::disabled_from_searcher(searcher)
                };
                Some(Arc::from(native.weight(scoring)?))
            }
        };
        Ok(Pipeline { native, scored, constant: self.constant, stages: self.stages.into() })
    }

    /// The whole as one tantivy query.
    pub(crate) fn into_query(self, planner: &Planner<'_>, scores: Scores) -> Result<Box<dyn Query>, Error> {
        if self.stages.is_empty() {
            match (self.native, self.scored, self.constant) {
                (Some(native), true, 0.0) => return Ok(native),
                (Some(native), false, constant) => return Ok(Box::new(ConstScoreQuery::new(native, constant))),
                (None, _, constant) => return Ok(Box::new(ConstScoreQuery::new(Box::new(AllQuery), constant))),
                (native, scored, constant) => {
                    let planned = Planned { native, scored, constant, stages: Vec::new() };
                    return planned.into_staged_query(planner, scores);
                }
            }
        }
        self.into_staged_query(planner, scores)
    }

    fn into_staged_query(self, planner: &Planner<'_>, scores: Scores) -> Result<Box<dyn Query>, Error> {
        let pipeline = self.into_pipeline(planner, scores)?;
        Ok(Box::new(StagedQuery::new(pipeline, Arc::clone(planner.progress()))))
    }
}

/// Multiplies the scores so far.
fn boost_stage(boost: Score) -> Box<dyn Stage> {
    rescore(BoostMode::Multiply, boost)
}

/// Gives every document the same score.
fn constant_stage(score: Score) -> Box<dyn Stage> {
    rescore(BoostMode::Replace, score)
}

/// No functions: the factor is 1.
fn rescore(boost_mode: BoostMode, boost: Score) -> Box<dyn Stage> {
    Box::new(FunctionScores {
        functions: Arc::new([]),
        score_mode: ScoreMode::First,
        boost_mode,
        max_boost: f64::INFINITY,
        boost,
    })
}
