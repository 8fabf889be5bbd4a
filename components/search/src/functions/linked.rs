//! A function that is linked to this app.

use std::sync::Arc;
use std::time::Instant;

use quidditch_function::{
    AnswerLimits, Argument, BoundFilter, BoundScorer, Budget, Cause, FailurePhase, Function, FunctionError, Metadata,
    Role, check_columns,
};

use super::bindings::{edge, types};
use super::bound::{LinkedFilter, LinkedScorer};
use super::convert;

/// One function of the bundle.
pub(super) struct LinkedFunction {
    slot: u32,
    metadata: Metadata,
    limits: AnswerLimits,
}

impl LinkedFunction {
    /// The function at this slot of the catalog.
    pub(super) fn new(slot: u32, metadata: Metadata) -> Self {
        LinkedFunction { slot, metadata, limits: AnswerLimits::default() }
    }

    fn filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<LinkedFilter, Cause> {
        if !self.metadata.roles.contains(Role::Filter) {
            return Err(Cause::Unusable("it is a scorer and not a filter".to_owned()));
        }
        let texts = convert::texts(arguments);
        let arguments = convert::arguments(arguments, &texts);
        let bound = timed(budget, || edge::Predicate::bind(self.slot, &arguments))?;
        let bound = bound.map_err(|error| convert::reported(error, &self.limits))?;
        let columns = self.columns(timed(budget, || bound.columns())?)?;
        let (function, limits, budget) = (self.metadata.id.clone(), self.limits, Arc::clone(budget));
        Ok(LinkedFilter { bound: Some(bound), columns, function, limits, budget })
    }

    fn scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<LinkedScorer, Cause> {
        if !self.metadata.roles.contains(Role::Scorer) {
            return Err(Cause::Unusable("it is a filter and not a scorer".to_owned()));
        }
        let texts = convert::texts(arguments);
        let arguments = convert::arguments(arguments, &texts);
        let bound = timed(budget, || edge::Model::bind(self.slot, &arguments))?;
        let bound = bound.map_err(|error| convert::reported(error, &self.limits))?;
        let columns = self.columns(timed(budget, || bound.columns())?)?;
        let needs_score = timed(budget, || bound.needs_score())?;
        let (function, limits, budget) = (self.metadata.id.clone(), self.limits, Arc::clone(budget));
        Ok(LinkedScorer { bound: Some(bound), columns, needs_score, function, limits, budget })
    }

    fn columns(&self, requests: Vec<types::ColumnRequest>) -> Result<Vec<quidditch_function::ColumnRequest>, Cause> {
        let columns: Vec<_> = requests.into_iter().map(convert::column_request).collect();
        check_columns(&columns, &self.limits)?;
        Ok(columns)
    }

    fn bind_error(&self, cause: Cause) -> FunctionError {
        FunctionError { function: self.metadata.id.clone(), phase: FailurePhase::Bind, cause }
    }
}

impl Function for LinkedFunction {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        Ok(Box::new(self.filter(arguments, budget).map_err(|cause| self.bind_error(cause))?))
    }

    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        Ok(Box::new(self.scorer(arguments, budget).map_err(|cause| self.bind_error(cause))?))
    }
}

/// Calls a function, if the request has time left for functions, and takes what it used off that time. It cannot be stopped
/// while it runs.
pub(super) fn timed<T>(budget: &Budget, call: impl FnOnce() -> T) -> Result<T, Cause> {
    if budget.left().is_zero() {
        return Err(Cause::TimedOut { limit: budget.total() });
    }
    let start = Instant::now();
    let answer = call();
    budget.spend(start.elapsed());
    Ok(answer)
}
