//! Filters and scorers bound to arguments.

use std::sync::Arc;

use quidditch_function::{
    AnswerLimits, Batch, BoundFilter, BoundScorer, Budget, Cause, ColumnRequest, FailurePhase, FunctionError,
    FunctionId, check_length, check_scores,
};

use super::bindings::edge;
use super::convert;
use super::linked::timed;

/// A filter, bound.
pub(super) struct LinkedFilter {
    /// `None` after an error.
    pub(super) bound: Option<edge::Predicate>,
    pub(super) columns: Vec<ColumnRequest>,
    pub(super) function: FunctionId,
    pub(super) limits: AnswerLimits,
    pub(super) budget: Arc<Budget>,
}

impl LinkedFilter {
    fn ask(&self, batch: &Batch) -> Result<Vec<u8>, Cause> {
        let bound = self.bound.as_ref().ok_or_else(failed_before)?;
        let columns = convert::columns(batch);
        let answer = timed(&self.budget, || bound.keep(convert::batch(batch, &columns)))?;
        let answer = answer.map_err(|error| convert::reported(error, &self.limits))?;
        check_length(answer.len(), batch.len)?;
        Ok(answer)
    }
}

impl BoundFilter for LinkedFilter {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        *keep = self.ask(batch).map_err(|cause| {
            self.bound = None;
            FunctionError { function: self.function.clone(), phase: FailurePhase::Run, cause }
        })?;
        Ok(())
    }
}

/// A scorer, bound.
pub(super) struct LinkedScorer {
    /// `None` after an error.
    pub(super) bound: Option<edge::Model>,
    pub(super) columns: Vec<ColumnRequest>,
    pub(super) needs_score: bool,
    pub(super) function: FunctionId,
    pub(super) limits: AnswerLimits,
    pub(super) budget: Arc<Budget>,
}

impl LinkedScorer {
    fn ask(&self, batch: &Batch) -> Result<Vec<f32>, Cause> {
        let bound = self.bound.as_ref().ok_or_else(failed_before)?;
        let columns = convert::columns(batch);
        let answer = timed(&self.budget, || bound.score(convert::batch(batch, &columns)))?;
        let answer = answer.map_err(|error| convert::reported(error, &self.limits))?;
        check_length(answer.len(), batch.len)?;
        check_scores(&answer)?;
        Ok(answer)
    }
}

impl BoundScorer for LinkedScorer {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn needs_score(&self) -> bool {
        self.needs_score
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        *scores = self.ask(batch).map_err(|cause| {
            self.bound = None;
            FunctionError { function: self.function.clone(), phase: FailurePhase::Run, cause }
        })?;
        Ok(())
    }
}

fn failed_before() -> Cause {
    Cause::Failed("it failed before and must not be called again".to_owned())
}
