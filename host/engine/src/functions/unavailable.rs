//! A function that cannot be called, in a clause that tolerates it.

use std::sync::Arc;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Function, FunctionError, Metadata, Role,
};

/// A function that could not be found, loaded or bound, in a clause that tolerates it. Each attempt to bind it fails with the same
/// error.
pub(crate) struct UnavailableFunction {
    metadata: Metadata,
    error: FunctionError,
}

impl UnavailableFunction {
    pub(crate) fn new(error: FunctionError, role: Role) -> Self {
        let metadata = Metadata {
            id: error.function.clone(),
            summary: String::new(),
            parameters: Vec::new(),
            roles: role.into(),
            memory_mib: 0,
        };
        UnavailableFunction { metadata, error }
    }
}

impl Function for UnavailableFunction {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn bind_filter(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        Err(self.error.clone())
    }

    fn bind_scorer(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        Err(self.error.clone())
    }

    fn bind_values(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        Err(self.error.clone())
    }
}
