//! A function of a published version.
#![deny(clippy::missing_trait_methods)]

use std::sync::Arc;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Function, FunctionError, Metadata, Role, StoredScript,
};

/// A function with what its record says.
pub(crate) struct PublishedFunction {
    pub(crate) function: Arc<dyn Function>,
    /// The digest of the component, which has no imports that its results could depend on; `None` for a script.
    pub(crate) digest: Option<String>,
    /// What callers are told if the version is deprecated.
    pub(crate) deprecation: Option<String>,
}

impl Function for PublishedFunction {
    fn metadata(&self) -> &Metadata {
        self.function.metadata()
    }

    fn script(&self) -> Option<&StoredScript> {
        self.function.script()
    }

    fn around(&self, compiled: Arc<dyn Function>) -> Arc<dyn Function> {
        self.function.around(compiled)
    }

    fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    fn record_cached(&self, role: Role, documents: u64) {
        self.function.record_cached(role, documents);
    }

    fn deprecation(&self) -> Option<&str> {
        self.deprecation.as_deref()
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
