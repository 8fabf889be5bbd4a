//! A parsed `function_score` query.

use super::decay::Decay;
use super::field_value::FieldValueFactor;
use super::random::RandomScore;
use crate::clause::Clause;
use crate::json::{Case, ErrorKind, Words};
use crate::stages::{BoostMode, ScoreMode};

pub(super) struct FunctionScore {
    pub(super) query: Box<dyn Clause>,
    pub(super) functions: Vec<Entry>,
    pub(super) score_mode: ScoreMode,
    pub(super) boost_mode: BoostMode,
    pub(super) max_boost: f64,
    pub(super) min_score: Option<f32>,
    pub(super) boost: f32,
}

/// A function with its weight, and which documents it is for.
pub(super) struct Entry {
    pub(super) filter: Option<Box<dyn Clause>>,
    pub(super) function: Function,
    pub(super) weight: f64,
}

pub(super) enum Function {
    /// The weight alone.
    Weight,
    /// The number of their chain.
    Scorers(usize),
    Decay(Decay),
    FieldValue(FieldValueFactor),
    Random(RandomScore),
}

pub(super) const SCORE_MODES: Words<ScoreMode> = Words {
    key: "score_mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("multiply", ScoreMode::Multiply),
        ("sum", ScoreMode::Sum),
        ("avg", ScoreMode::Average),
        ("first", ScoreMode::First),
        ("max", ScoreMode::Max),
        ("min", ScoreMode::Min),
    ],
};

pub(super) const BOOST_MODES: Words<BoostMode> = Words {
    key: "boost_mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("multiply", BoostMode::Multiply),
        ("replace", BoostMode::Replace),
        ("sum", BoostMode::Sum),
        ("avg", BoostMode::Average),
        ("max", BoostMode::Max),
        ("min", BoostMode::Min),
    ],
};
