//! Filters and scorers bound to arguments.

use std::sync::Arc;

use quidditch_function::{
    Batch, BoundFilter, BoundScorer, Cause, ColumnRequest, FailurePhase, FunctionError, FunctionId, check_columns,
    check_length, check_scores,
};
use wasmtime::component::{ComponentNamedList, Lift, ResourceAny};

use crate::SandboxLimits;
use crate::contract;
use crate::exports::{BatchCall, Returned};
use crate::failure;
use crate::guest::Guest;

/// A bound filter or scorer with its instance. `T` is the type of a result.
pub(crate) struct ComponentBinding<T> {
    pub(crate) function: Arc<FunctionId>,
    pub(crate) limits: SandboxLimits,
    pub(crate) columns: Vec<ColumnRequest>,
    /// The contract's `predicate` or `model`.
    pub(crate) resource: ResourceAny,
    pub(crate) call: BatchCall<T>,
    /// `None` after an error.
    pub(crate) guest: Option<Guest>,
}

impl<T: Send + Sync + 'static> ComponentBinding<T>
where
    (Returned<Vec<T>>,): ComponentNamedList + Lift,
{
    /// Returns one result per document, checked by `check`. Any failure ends the instance.
    fn call(&mut self, batch: &Batch, check: impl Fn(&[T]) -> Result<(), Cause>) -> Result<Vec<T>, FunctionError> {
        let results = match &mut self.guest {
            Some(guest) => guest
                .call(|store, _| self.call.call(store, self.resource, batch))
                .and_then(|returned| returned.map_err(|error| failure::reported(error, &self.limits)))
                .and_then(|results| check_length(results.len(), batch.len).map(|()| results))
                .and_then(|results| check(&results).map(|()| results)),
            None => Err(Cause::Failed("it failed before and cannot be called again".to_owned())),
        };
        results.map_err(|cause| {
            self.guest = None;
            FunctionError { function: FunctionId::clone(&self.function), phase: FailurePhase::Run, cause }
        })
    }
}

/// A bound filter.
pub(crate) struct ComponentFilter(pub(crate) ComponentBinding<u8>);

impl BoundFilter for ComponentFilter {
    fn columns(&self) -> &[ColumnRequest] {
        &self.0.columns
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        *keep = self.0.call(batch, |_| Ok(()))?;
        Ok(())
    }
}

/// A bound scorer.
pub(crate) struct ComponentScorer {
    pub(crate) bound: ComponentBinding<f32>,
    pub(crate) needs_score: bool,
}

impl BoundScorer for ComponentScorer {
    fn columns(&self) -> &[ColumnRequest] {
        &self.bound.columns
    }

    fn needs_score(&self) -> bool {
        self.needs_score
    }

    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError> {
        *scores = self.bound.call(batch, check_scores)?;
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
