//! A script that is published as a function.

use std::sync::Arc;

use quidditch_function::{
    Argument, BoundFilter, BoundScorer, Budget, Cause, FailurePhase, Function, FunctionError, Metadata, StoredScript,
};

/// A script that is published as a function. The engine compiles it for each index.
pub(crate) struct PublishedScript {
    pub(crate) metadata: Metadata,
    pub(crate) script: StoredScript,
}

impl Function for PublishedScript {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn script(&self) -> Option<&StoredScript> {
        Some(&self.script)
    }

    fn bind_filter(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        Err(self.not_compiled())
    }

    fn bind_scorer(&self, _: &[Argument], _: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        Err(self.not_compiled())
    }
}

impl PublishedScript {
    fn not_compiled(&self) -> FunctionError {
        let function = self.metadata.id.clone();
        let cause = Cause::Unusable("it is a script, which must be compiled for an index".to_owned());
        FunctionError { function, phase: FailurePhase::Bind, cause }
    }
}
