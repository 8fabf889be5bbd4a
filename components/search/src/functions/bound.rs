//! Filters and scorers bound to arguments.

use quidditch_function::{
    Batch, BoundFilter, BoundScorer, Cause, ColumnRequest, FailurePhase, FunctionError, FunctionId, OutputLimits,
    check_length, check_scores,
};

use super::bindings::dispatcher;
use super::call_timer::CallTimer;
use super::convert;

/// A bound filter.
pub(super) struct LinkedFilter {
    /// `None` after an error.
    pub(super) bound: Option<dispatcher::Predicate>,
    pub(super) columns: Vec<ColumnRequest>,
    pub(super) function: FunctionId,
    pub(super) limits: OutputLimits,
    pub(super) timer: CallTimer,
}

impl LinkedFilter {
    fn call(&self, batch: &Batch) -> Result<Vec<u8>, Cause> {
        let bound = self.bound.as_ref().ok_or_else(failed_before)?;
        let columns = convert::columns(batch);
        let results = self.timer.time(|| bound.keep(convert::batch(batch, &columns)))?;
        let results = results.map_err(|error| convert::reported_error(error, &self.limits))?;
        check_length(results.len(), batch.len)?;
        Ok(results)
    }
}

impl BoundFilter for LinkedFilter {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        *keep = self.call(batch).map_err(|cause| {
            self.bound = None;
            FunctionError { function: self.function.clone(), phase: FailurePhase::Run, cause }
        })?;
        Ok(())
    }
}

/// A bound scorer.
pub(super) struct LinkedScorer {
    /// `None` after an error.
    pub(super) bound: Option<dispatcher::Model>,
    pub(super) columns: Vec<ColumnRequest>,
    pub(super) needs_score: bool,
    pub(super) function: FunctionId,
    pub(super) limits: OutputLimits,
    pub(super) timer: CallTimer,
}

impl LinkedScorer {
    fn call(&self, batch: &Batch) -> Result<Vec<f32>, Cause> {
        let bound = self.bound.as_ref().ok_or_else(failed_before)?;
        let columns = convert::columns(batch);
        let results = self.timer.time(|| bound.score(convert::batch(batch, &columns)))?;
        let results = results.map_err(|error| convert::reported_error(error, &self.limits))?;
        check_length(results.len(), batch.len)?;
        check_scores(&results)?;
        Ok(results)
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
        *scores = self.call(batch).map_err(|cause| {
            self.bound = None;
            FunctionError { function: self.function.clone(), phase: FailurePhase::Run, cause }
        })?;
        Ok(())
    }
}

fn failed_before() -> Cause {
    Cause::Failed("it failed before and cannot be called again".to_owned())
}
