//! Stages: what a query does to candidates batch by batch, after tantivy has found them document by document.
//!
//! A clause that is best asked about many documents at once (a function above all) becomes a [`Stage`] over the documents
//! that the clauses beside it let through. A [`Pipeline`] is native candidates with stages over them. Alone, it is a
//! tantivy query ([`StagedQuery`]); beside other clauses, it answers for their candidates ([`ClauseStage`]).

mod candidates;
mod clauses;
mod function_filter;
mod function_scores;
mod min_score;
mod pipeline;
mod staged_query;

use tantivy::SegmentReader;

use crate::Error;

pub(crate) use candidates::{BATCH, Candidates};
pub(crate) use clauses::{Clauses, ClausesStage};
pub(crate) use function_filter::{FunctionFilter, Keep};
pub(crate) use function_scores::{
    BoostMode, FunctionScores, ScoreFunction, ScoreMode, ScorerScores, SegmentScoreFunction, WeightedFunction,
};
pub(crate) use min_score::MinScore;
pub(crate) use pipeline::{Pipeline, SegmentPipeline};
pub(crate) use staged_query::StagedQuery;

/// What a stage does to scores. It decides which stages may be taken out of a nested clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Drops documents and leaves scores alone.
    Filters,
    /// Drops documents, and adds to scores without looking at them.
    Adds,
    /// Makes new scores out of old ones.
    Rescores,
}

/// A step over batches of candidates, ready for any segment.
pub(crate) trait Stage: Send + Sync {
    fn effect(&self) -> Effect;

    /// Whether it reads the scores so far.
    fn needs_scores(&self) -> bool;

    /// Calls out to a function: such stages come after all others.
    fn is_costly(&self) -> bool;

    /// The stage that keeps exactly what this one drops, where there is one.
    fn negated(&self) -> Option<Box<dyn Stage>> {
        None
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentStage>, Error>;
}

/// A stage at work on one segment. Batches come in the order of the documents.
pub(crate) trait SegmentStage: Send {
    fn apply(&mut self, candidates: &mut Candidates) -> Result<(), Error>;
}
