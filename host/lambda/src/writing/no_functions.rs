//! Functions and stored scripts, which the indexing function may not read.

use std::sync::Arc;

use async_trait::async_trait;
use quidditch_function::{
    CatalogError, Cause, FailurePhase, Function, FunctionCatalog, FunctionError, FunctionId, FunctionResolver,
    PublishedFunction, StoredScript,
};

/// Lists no function, and says why none is found.
pub(super) struct NoFunctions;

/// Why nothing is found.
const REASON: &str =
    "the indexing function has no access to user functions and stored scripts: send the request to the search function";

#[async_trait]
impl FunctionResolver for NoFunctions {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        Err(not_found(name, version.unwrap_or_default()))
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        Err(not_found(id, ""))
    }
}

#[async_trait]
impl FunctionCatalog for NoFunctions {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        Ok(Vec::new())
    }
}

fn not_found(name: &str, version: &str) -> FunctionError {
    FunctionError {
        function: FunctionId::new(name, version),
        phase: FailurePhase::Load,
        cause: Cause::NotFound(REASON.to_owned()),
    }
}
