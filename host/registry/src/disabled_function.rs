//! A function of a disabled version.
#![deny(clippy::missing_trait_methods)]

use std::sync::Arc;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Cause, FailurePhase, Function, FunctionError, Metadata,
    NotCalled, Role, StoredScript,
};

/// What its record says of a function. Its code is not even loaded.
pub(crate) struct DisabledFunction {
    pub(crate) metadata: Metadata,
    /// Why it is disabled.
    pub(crate) reason: Option<String>,
}

impl DisabledFunction {
    fn error(&self) -> FunctionError {
        let cause = Cause::NotCalled(NotCalled::DisabledInStore(self.reason.clone()));
        FunctionError { function: self.metadata.id.clone(), phase: FailurePhase::Bind, cause }
    }
}

impl Function for DisabledFunction {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Nothing: nobody must compile it.
    fn script(&self) -> Option<&StoredScript> {
        None
    }

    fn around(&self, compiled: Arc<dyn Function>) -> Arc<dyn Function> {
        compiled
    }

    fn digest(&self) -> Option<&str> {
        None
    }

    fn record_cached(&self, _: Role, _: u64) {}

    fn deprecation(&self) -> Option<&str> {
        None
    }

    fn check_independence(&self) -> Result<(), FunctionError> {
        Err(self.error())
    }

    fn bind_filter(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        Err(self.error())
    }

    fn bind_scorer(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        Err(self.error())
    }

    fn bind_values(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        Err(self.error())
    }
}
