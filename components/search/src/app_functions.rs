//! The functions and scripts of the app: functions are linked into it, stored scripts are read from its store.

use std::sync::Arc;

use async_trait::async_trait;
use quidditch_clock::Clock;
use quidditch_function::{
    Cause, Code, FailurePhase, Function, FunctionError, FunctionId, FunctionResolver, Loader, Package, StoredScript,
    Target,
};
use quidditch_registry::{BundledFunctions, Registry, Settings};
use quidditch_storage::Storage;

/// Finds the functions and scripts of the app.
pub(crate) struct AppFunctions {
    bundled: Arc<BundledFunctions>,
    /// Only its scripts are used.
    store: Registry,
}

impl AppFunctions {
    pub(crate) fn new(bundled: Arc<BundledFunctions>, storage: Arc<dyn Storage>, clock: &Arc<dyn Clock>) -> Self {
        let store = Registry::new(storage, Arc::new(NoLoader), Settings::default(), Arc::clone(clock));
        AppFunctions { bundled, store }
    }
}

#[async_trait(?Send)]
impl FunctionResolver for AppFunctions {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        self.bundled.find(name, version).await
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        self.store.stored_script(id).await.map_err(|error| FunctionError {
            function: FunctionId::new(id, ""),
            phase: FailurePhase::Load,
            cause: Cause::unavailable(error),
        })
    }
}

/// A component cannot load another one at run time.
struct NoLoader;

impl NoLoader {
    fn refused(function: FunctionId) -> FunctionError {
        let cause = Cause::Unusable("it is not linked into this app".to_owned());
        FunctionError { function, phase: FailurePhase::Load, cause }
    }
}

impl Loader for NoLoader {
    fn target(&self) -> Target {
        Target::ThisMachine
    }

    fn compatibility(&self, _: Target) -> String {
        String::new()
    }

    fn can_compile(&self) -> bool {
        false
    }

    fn package(&self, _: &[u8]) -> Package {
        Package::default()
    }

    fn compile(&self, id: &FunctionId, _: &[u8], _: Target) -> Result<Vec<u8>, FunctionError> {
        Err(Self::refused(id.clone()))
    }

    fn load(&self, id: FunctionId, _: Code<'_>) -> Result<Arc<dyn Function>, FunctionError> {
        Err(Self::refused(id))
    }
}
