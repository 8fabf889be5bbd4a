//! A clause, planned for one index: the candidates that tantivy finds, and the stages over them.

use std::sync::Arc;

use tantivy::Score;
use tantivy::query::{EmptyQuery, Query};

use crate::scores::ConstantQuery;
use crate::stages::{BoostMode, Effect, FunctionScores, MAX_BOOST, ScoreMode, Stage};

/// A planned clause. It matches the candidates that the stages keep. A match starts with its candidate's score, if that is
/// used, plus `constant`; the stages may change it.
pub(crate) struct Planned {
    /// Finds the candidates; `None` means all documents.
    pub(crate) candidates: Option<Box<dyn Query>>,
    /// Whether the scores of the candidates' query are used; otherwise a candidate starts at 0.
    pub(crate) uses_candidate_scores: bool,
    /// Added to the score of every candidate.
    pub(crate) constant: Score,
    pub(crate) stages: Vec<Box<dyn Stage>>,
}

impl Planned {
    /// A query whose scores are used.
    pub(crate) fn scored(query: Box<dyn Query>) -> Self {
        Planned { candidates: Some(query), uses_candidate_scores: true, constant: 0.0, stages: Vec::new() }
    }

    /// A query that scores every match the same.
    pub(crate) fn constant(query: Box<dyn Query>, score: Score) -> Self {
        Planned { candidates: Some(query), uses_candidate_scores: false, constant: score, stages: Vec::new() }
    }

    /// All documents, with the same score.
    pub(crate) fn all(score: Score) -> Self {
        Planned { candidates: None, uses_candidate_scores: false, constant: score, stages: Vec::new() }
    }

    /// Whether it is [`Planned::all`].
    pub(crate) fn is_all(&self) -> bool {
        self.candidates.is_none() && self.stages.is_empty()
    }

    /// No documents.
    pub(crate) fn none() -> Self {
        Planned::constant(Box::new(EmptyQuery), 0.0)
    }

    /// All documents that a stage leaves, with the same score.
    pub(crate) fn stage(stage: Box<dyn Stage>, score: Score) -> Self {
        Planned::stages(vec![stage], score)
    }

    /// The same for several stages, one after another.
    pub(crate) fn stages(stages: Vec<Box<dyn Stage>>, score: Score) -> Self {
        Planned { stages, ..Planned::all(score) }
    }

    /// The same matches, all with the same score.
    pub(crate) fn with_constant(mut self, score: Score) -> Self {
        if self.stages.iter().all(|stage| stage.effect() == Effect::Filters) {
            self.uses_candidate_scores = false;
            self.constant = score;
        } else {
            // Its own stages look at scores, so these stay as they are, and only the outcome is forgotten.
            self.stages.push(constant_stage(score));
        }
        self
    }

    /// Whether it may be taken apart inside a conjunction: its stages then work on the conjunction's candidates.
    pub(crate) fn is_additive(&self) -> bool {
        self.stages.iter().all(|stage| stage.effect() <= Effect::Adds && !stage.needs_scores())
    }

    /// A query that adds nothing to the scores of the query that it becomes a part of.
    pub(crate) fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
        Box::new(ConstantQuery::new(query, 0.0))
    }
}

/// Sets the score of every document. Without functions, the factor is 1.
fn constant_stage(score: Score) -> Box<dyn Stage> {
    Box::new(FunctionScores {
        functions: Arc::new([]),
        score_mode: ScoreMode::First,
        boost_mode: BoostMode::Replace,
        max_boost: MAX_BOOST,
        boost: score,
    })
}
