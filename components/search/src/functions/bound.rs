//! Filters, scorers and values bound to arguments.

use quidditch_function::{
    Batch, BoundFilter, BoundScorer, BoundValues, Cause, Column, ColumnKind, ColumnRange, ColumnRequest, FailurePhase,
    FunctionError, FunctionId, OutputLimits, accept_values, check_bound, check_length, check_scores,
};

use super::bindings::dispatcher;
use super::call_timer::CallTimer;
use super::convert;

/// A bound filter.
pub(super) struct LinkedFilter {
    /// `None` after an error.
    pub(super) bound: Option<dispatcher::BoundFilter>,
    pub(super) columns: Vec<ColumnRequest>,
    pub(super) ranges: Vec<ColumnRange>,
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

    fn ranges(&self) -> &[ColumnRange] {
        &self.ranges
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
    pub(super) bound: Option<dispatcher::BoundScorer>,
    pub(super) columns: Vec<ColumnRequest>,
    pub(super) needs_score: bool,
    /// Of any document.
    pub(super) max_score: f32,
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

    fn max_score(&mut self, score: f32) -> Result<f32, FunctionError> {
        if score == f32::INFINITY {
            return Ok(self.max_score);
        }
        let bound = match &self.bound {
            Some(bound) => self.timer.time(|| bound.max_score(score)).and_then(check_bound),
            None => Err(failed_before()),
        };
        bound.map_err(|cause| {
            self.bound = None;
            FunctionError { function: self.function.clone(), phase: FailurePhase::Run, cause }
        })
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        *scores = self.call(batch).map_err(|cause| {
            self.bound = None;
            FunctionError { function: self.function.clone(), phase: FailurePhase::Run, cause }
        })?;
        Ok(())
    }
}

/// Values, bound.
pub(super) struct LinkedValues {
    /// `None` after an error.
    pub(super) bound: Option<dispatcher::BoundValues>,
    pub(super) columns: Vec<ColumnRequest>,
    pub(super) kind: ColumnKind,
    pub(super) function: FunctionId,
    pub(super) limits: OutputLimits,
    pub(super) timer: CallTimer,
}

impl LinkedValues {
    fn call(&self, batch: &Batch) -> Result<Column, Cause> {
        let bound = self.bound.as_ref().ok_or_else(failed_before)?;
        let columns = convert::columns(batch);
        let results = self.timer.time(|| bound.compute(convert::batch(batch, &columns)))?;
        let results = results.map_err(|error| convert::reported_error(error, &self.limits))?;
        let mut values = convert::computed(results);
        accept_values(&mut values, self.kind, batch.len)?;
        Ok(values)
    }
}

impl BoundValues for LinkedValues {
    fn columns(&self) -> &[ColumnRequest] {
        &self.columns
    }

    fn kind(&self) -> ColumnKind {
        self.kind
    }

    fn compute(&mut self, batch: &Batch, values: &mut Column) -> Result<(), FunctionError> {
        *values = self.call(batch).map_err(|cause| {
            self.bound = None;
            FunctionError { function: self.function.clone(), phase: FailurePhase::Run, cause }
        })?;
        Ok(())
    }
}

fn failed_before() -> Cause {
    Cause::Failed("it failed before and cannot be called again".to_owned())
}
