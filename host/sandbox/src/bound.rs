//! Filters and scorers bound to arguments.

use std::sync::Arc;

use quidditch_function::{
    Batch, BoundFilter, BoundScorer, Cause, ColumnRequest, FailurePhase, FunctionError, FunctionId, check_columns,
    check_length, check_scores,
};
use wasmtime::component::{ComponentNamedList, Lift, ResourceAny};

use crate::Limits;
use crate::contract;
use crate::exports::{Answer, BatchCall};
use crate::failure;
use crate::guest::Guest;

/// A predicate or a model in its instance.
pub(crate) struct ComponentBinding<T> {
    pub(crate) function: Arc<FunctionId>,
    pub(crate) limits: Limits,
    pub(crate) columns: Vec<ColumnRequest>,
    pub(crate) resource: ResourceAny,
    pub(crate) call: BatchCall<T>,
    /// `None` after an error.
    pub(crate) guest: Option<Guest>,
}

impl<T: Send + Sync + 'static> ComponentBinding<T>
where
    (Answer<Vec<T>>,): ComponentNamedList + Lift,
{
    /// One answer for each document, checked by `check`. Any failure ends the instance.
    fn answer(&mut self, batch: &Batch, check: impl Fn(&[T]) -> Result<(), Cause>) -> Result<Vec<T>, FunctionError> {
        let answer = match &mut self.guest {
            Some(guest) => guest
                .call(|store, _| self.call.call(store, self.resource, batch))
                .and_then(|answer| answer.map_err(|error| failure::reported(error, &self.limits)))
                .and_then(|answer| check_length(answer.len(), batch.len).map(|()| answer))
                .and_then(|answer| check(&answer).map(|()| answer)),
            None => Err(Cause::Failed("it failed before and must not be called again".to_owned())),
        };
        answer.map_err(|cause| {
            self.guest = None;
            FunctionError { function: FunctionId::clone(&self.function), phase: FailurePhase::Run, cause }
        })
    }
}

/// A filter, bound.
pub(crate) struct ComponentFilter(pub(crate) ComponentBinding<u8>);

impl BoundFilter for ComponentFilter {
    fn columns(&self) -> &[ColumnRequest] {
        &self.0.columns
    }

    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError> {
        *keep = self.0.answer(batch, |_| Ok(()))?;
        Ok(())
    }
}

/// A scorer, bound.
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
        *scores = self.bound.answer(batch, check_scores)?;
        Ok(())
    }
}

/// Column requests within the limits.
pub(crate) fn checked_columns(
    columns: Vec<contract::ColumnRequest>,
    limits: &Limits,
) -> Result<Vec<ColumnRequest>, Cause> {
    let columns: Vec<_> = columns.into_iter().map(ColumnRequest::from).collect();
    check_columns(&columns, &limits.answers())?;
    Ok(columns)
}
