//! A compiled script under the name of the published one.

use std::sync::Arc;

use quidditch_function::{Argument, BoundFilter, BoundScorer, BoundValues, Budget, Function, FunctionError, Metadata};

/// A function under another name.
pub(crate) struct NamedFunction {
    pub(crate) metadata: Metadata,
    pub(crate) function: Arc<dyn Function>,
}

impl Function for NamedFunction {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        self.function.bind_filter(arguments, budget)
    }

    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        self.function.bind_scorer(arguments, budget)
    }

    fn bind_values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        self.function.bind_values(arguments, budget)
    }
}
