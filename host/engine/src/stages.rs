//! Stages: what a query does to candidates batch by batch, after tantivy has found them document by document.
//!
//! A clause that is best evaluated for many documents at once (a function above all) becomes a [`Stage`] over the documents
//! that the clauses next to it let through. A [`Pipeline`] is native candidates with stages over them. Alone, it is a tantivy
//! query ([`StagedQuery`]); next to other clauses, it answers for their candidates ([`ClausesStage`]).

mod candidates;
mod clauses;
mod demotion;
mod factor_bound;
mod function_filter;
mod function_scores;
mod keep;
mod known_docs;
mod min_score;
mod minimum_match;
mod pipeline;
mod point_filter;
mod score_mode;
mod scorer_chain;
mod slice_filter;
mod stage;
mod staged_query;
mod value_filter;

pub(crate) use candidates::BATCH;
pub(crate) use clauses::{Clauses, ClausesStage};
pub(crate) use demotion::Demotion;
pub(crate) use function_filter::FunctionFilter;
pub(crate) use function_scores::{
    BoostMode, FunctionScores, MAX_BOOST, ScoreFunction, SegmentScoreFunction, WeightedFunction,
};
pub(crate) use keep::Keep;
pub(crate) use min_score::MinScore;
pub(crate) use minimum_match::MinimumMatch;
pub(crate) use pipeline::{Pipeline, SegmentPipeline};
pub(crate) use point_filter::PointFilter;
pub(crate) use score_mode::ScoreMode;
pub(crate) use scorer_chain::{ChainScores, ChainedScorer, InputOfLater, ScorerChain};
pub(crate) use slice_filter::SliceFilter;
pub(crate) use stage::{Effect, Stage};
pub(crate) use staged_query::StagedQuery;
pub(crate) use value_filter::{AcceptedValues, ValueFilter, ValueRange};
