//! A component as a function.

use std::sync::Arc;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Cause, FailurePhase, Function, FunctionError, Metadata,
};

use crate::independence;
use crate::linked_component::LinkedComponent;
use crate::metadata;

/// A component whose types and metadata are checked.
pub(crate) struct ComponentFunction {
    component: LinkedComponent,
    metadata: Metadata,
}

impl ComponentFunction {
    /// Reads the metadata of a component and checks it against the limits.
    pub(crate) fn new(mut component: LinkedComponent) -> Result<Self, Cause> {
        let metadata = component.read_metadata()?;
        let problems = metadata::problems(&metadata, component.limits());
        if !problems.is_empty() {
            return Err(Cause::Unusable(problems.join("; ")));
        }
        Ok(ComponentFunction { component, metadata })
    }
}

impl Function for ComponentFunction {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn check_independence(&self) -> Result<(), FunctionError> {
        independence::check(&self.component, &self.metadata).map_err(|error| {
            let cause = Cause::Unusable(format!("{error} ({})", independence::HINT));
            self.component.error(FailurePhase::Load, cause)
        })
    }

    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        let bound = self.component.bind_filter(arguments, budget);
        Ok(Box::new(bound.map_err(|cause| self.component.error(FailurePhase::Bind, cause))?))
    }

    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        let bound = self.component.bind_scorer(arguments, budget);
        Ok(Box::new(bound.map_err(|cause| self.component.error(FailurePhase::Bind, cause))?))
    }

    fn bind_values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        let bound = self.component.bind_values(arguments, budget);
        Ok(Box::new(bound.map_err(|cause| self.component.error(FailurePhase::Bind, cause))?))
    }
}
