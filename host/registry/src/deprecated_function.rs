//! A function of a deprecated version.
#![deny(clippy::missing_trait_methods)]

use std::sync::Arc;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Function, FunctionError, Metadata, StoredScript,
};

/// A function that works as another, and is deprecated.
pub(crate) struct DeprecatedFunction {
    pub(crate) function: Arc<dyn Function>,
    pub(crate) note: String,
}

impl Function for DeprecatedFunction {
    fn metadata(&self) -> &Metadata {
        self.function.metadata()
    }

    fn script(&self) -> Option<&StoredScript> {
        self.function.script()
    }

    fn around(&self, compiled: Arc<dyn Function>) -> Arc<dyn Function> {
        self.function.around(compiled)
    }

    fn deprecation(&self) -> Option<&str> {
        Some(&self.note)
    }

    fn check_independence(&self) -> Result<(), FunctionError> {
        self.function.check_independence()
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
