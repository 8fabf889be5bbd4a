//! Filters, scorers and values bound to arguments.

use std::sync::Arc;

use quidditch_function::{
    Batch, BoundFilter, BoundScorer, BoundValues, Cause, Column, ColumnKind, ColumnRange, ColumnRequest, FailurePhase,
    FunctionError, FunctionId, accept_values, check_bound, check_columns, check_length, check_scores,
};
use wasmtime::component::{ComponentNamedList, Lift, ResourceAny};

use crate::SandboxLimits;
use crate::contract::{self, ComputedColumn};
use crate::exports::{BatchCall, BatchResult, Returned, ScorerExports};
use crate::failure;
use crate::guest::Guest;

/// A binding with its instance. `R` is what it returns for a batch.
pub(crate) struct ComponentBinding<R> {
    pub(crate) function: Arc<FunctionId>,
    pub(crate) limits: SandboxLimits,
    pub(crate) columns: Vec<ColumnRequest>,
    /// The contract's `bound-filter`, `bound-scorer` or `bound-values`.
    pub(crate) resource: ResourceAny,
    pub(crate) call: BatchCall<R>,
    /// `None` after an error.
    pub(crate) guest: Option<Guest>,
}

impl<R: BatchResult> ComponentBinding<R>
where
    (Returned<R>,): ComponentNamedList + Lift,
{
    /// Processes a batch, and makes a `T` of what is returned, if it is valid.
    fn call<T>(&mut self, batch: &Batch, accept: impl Fn(R) -> Result<T, Cause>) -> Result<T, FunctionError> {
        let (resource, limits) = (self.resource, self.limits);
        let call = &self.call;
        let returned = match &mut self.guest {
            Some(guest) => guest
                .call(|store, _| call.call(store, resource, batch))
                .and_then(|returned| returned.map_err(|error| failure::reported(error, &limits)))
                .and_then(accept),
            None => Err(failed_before()),
        };
        returned.map_err(|cause| self.end(cause))
    }
}

impl<R> ComponentBinding<R> {
    /// Ends the instance, as after any failure.
    fn end(&mut self, cause: Cause) -> FunctionError {
        self.guest = None;
        FunctionError { function: FunctionId::clone(&self.function), phase: FailurePhase::Run, cause }
    }
}

fn failed_before() -> Cause {
    Cause::Failed("it failed before and cannot be called again".to_owned())
}

/// A bound filter.
pub(crate) struct ComponentFilter {
    pub(crate) bound: ComponentBinding<Vec<u8>>,
    pub(crate) ranges: Vec<ColumnRange>,
}

impl BoundFilter for ComponentFilter {
    fn columns(&self) -> &[ColumnRequest] {
        &self.bound.columns
    }

    fn ranges(&self) -> &[ColumnRange] {
        &self.ranges
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        *keep = self.bound.call(batch, |kept| check_length(kept.len(), batch.len).map(|()| kept))?;
        Ok(())
    }
}

/// A bound scorer.
pub(crate) struct ComponentScorer {
    pub(crate) bound: ComponentBinding<Vec<f32>>,
    pub(crate) needs_score: bool,
    /// Of any document.
    pub(crate) max_score: f32,
    pub(crate) exports: ScorerExports,
}

impl BoundScorer for ComponentScorer {
    fn columns(&self) -> &[ColumnRequest] {
        &self.bound.columns
    }

    fn needs_score(&self) -> bool {
        self.needs_score
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        *scores = self.bound.call(batch, |scores| {
            check_length(scores.len(), batch.len)?;
            check_scores(&scores)?;
            Ok(scores)
        })?;
        Ok(())
    }

    fn max_score(&mut self, score: f32) -> Result<f32, FunctionError> {
        if score == f32::INFINITY {
            return Ok(self.max_score);
        }
        let (exports, resource) = (self.exports, self.bound.resource);
        let bound = match &mut self.bound.guest {
            Some(guest) => guest.call(|store, instance| exports.max_score(store, instance, resource, score)),
            None => Err(failed_before()),
        };
        bound.and_then(check_bound).map_err(|cause| self.bound.end(cause))
    }
}

/// Values, bound.
pub(crate) struct ComponentValues {
    pub(crate) bound: ComponentBinding<ComputedColumn>,
    pub(crate) kind: ColumnKind,
}

impl BoundValues for ComponentValues {
    fn columns(&self) -> &[ColumnRequest] {
        &self.bound.columns
    }

    fn kind(&self) -> ColumnKind {
        self.kind
    }

    fn compute(&mut self, batch: &Batch, values: &mut Column) -> Result<(), FunctionError> {
        let kind = self.kind;
        *values = self.bound.call(batch, |computed| {
            let mut computed = Column::from(computed);
            accept_values(&mut computed, kind, batch.len)?;
            Ok(computed)
        })?;
        Ok(())
    }
}

/// Converts column requests and checks them against the limits.
pub(crate) fn checked_columns(
    columns: Vec<contract::ColumnRequest>,
    limits: &SandboxLimits,
) -> Result<Vec<ColumnRequest>, Cause> {
    let columns: Vec<_> = columns.into_iter().map(ColumnRequest::from).collect();
    check_columns(&columns, &limits.output)?;
    Ok(columns)
}
