//! A function that is linked into this app.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Cause, ColumnRequest, FailurePhase, Function,
    FunctionError, Metadata, OutputLimits, Role, check_bound, check_columns, check_ranges,
};

use super::bindings::{dispatcher, types};
use super::bound::{LinkedFilter, LinkedScorer, LinkedValues};
use super::call_timer::CallTimer;
use super::convert;

/// One function of the bundle.
pub(super) struct LinkedFunction {
    slot: u32,
    metadata: Metadata,
    limits: OutputLimits,
    clock: Arc<dyn Clock>,
}

impl LinkedFunction {
    /// The function in a slot of the catalog.
    pub(super) fn new(slot: u32, metadata: Metadata, clock: Arc<dyn Clock>) -> Self {
        LinkedFunction { slot, metadata, limits: OutputLimits::default(), clock }
    }

    fn filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<LinkedFilter, Cause> {
        if !self.metadata.roles.contains(Role::Filter) {
            return Err(Cause::missing_role(Role::Filter));
        }
        let timer = self.timer(budget);
        let texts = convert::texts(arguments);
        let arguments = convert::arguments(arguments, &texts);
        let bound = timer.time(|| dispatcher::BoundFilter::bind(self.slot, &arguments))?;
        let bound = bound.map_err(|error| convert::reported_error(error, &self.limits))?;
        let columns = self.columns(timer.time(|| bound.columns())?)?;
        let ranges: Vec<_> = timer.time(|| bound.ranges())?.into_iter().map(convert::range).collect();
        check_ranges(&ranges, &columns)?;
        let (function, limits) = (self.metadata.id.clone(), self.limits);
        Ok(LinkedFilter { bound: Some(bound), columns, ranges, function, limits, timer })
    }

    fn scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<LinkedScorer, Cause> {
        if !self.metadata.roles.contains(Role::Scorer) {
            return Err(Cause::missing_role(Role::Scorer));
        }
        let timer = self.timer(budget);
        let texts = convert::texts(arguments);
        let arguments = convert::arguments(arguments, &texts);
        let bound = timer.time(|| dispatcher::BoundScorer::bind(self.slot, &arguments))?;
        let bound = bound.map_err(|error| convert::reported_error(error, &self.limits))?;
        let columns = self.columns(timer.time(|| bound.columns())?)?;
        let needs_score = timer.time(|| bound.needs_score())?;
        let max_score = check_bound(timer.time(|| bound.max_score(f32::INFINITY))?)?;
        let (function, limits) = (self.metadata.id.clone(), self.limits);
        Ok(LinkedScorer { bound: Some(bound), columns, needs_score, max_score, function, limits, timer })
    }

    fn values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<LinkedValues, Cause> {
        if !self.metadata.roles.contains(Role::Values) {
            return Err(Cause::missing_role(Role::Values));
        }
        let timer = self.timer(budget);
        let texts = convert::texts(arguments);
        let arguments = convert::arguments(arguments, &texts);
        let bound = timer.time(|| dispatcher::BoundValues::bind(self.slot, &arguments))?;
        let bound = bound.map_err(|error| convert::reported_error(error, &self.limits))?;
        let columns = self.columns(timer.time(|| bound.columns())?)?;
        let kind = convert::kind(timer.time(|| bound.kind())?);
        let (function, limits) = (self.metadata.id.clone(), self.limits);
        Ok(LinkedValues { bound: Some(bound), columns, kind, function, limits, timer })
    }

    fn timer(&self, budget: &Arc<Budget>) -> CallTimer {
        CallTimer::new(&self.clock, budget)
    }

    fn columns(&self, requests: Vec<types::ColumnRequest>) -> Result<Vec<ColumnRequest>, Cause> {
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

    fn bind_values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        Ok(Box::new(self.values(arguments, budget).map_err(|cause| self.bind_error(cause))?))
    }
}
