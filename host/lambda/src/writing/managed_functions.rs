//! Functions and stored scripts, for an indexing function that may manage them.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{FunctionCatalog, FunctionId, FunctionResolver};
use quidditch_registry::{Registry, Settings, Trust};
use quidditch_sandbox::{Level, LogSink, Precompiled, Sandbox, SandboxError, SandboxLimits};
use quidditch_storage::Storage;
use quidditch_writes::{FunctionLog, LoggedFunctions, LoggedFunctionsError};

use super::no_functions::NoFunctions;
use crate::log::FunctionLog as LogOfProcess;

/// Maximum number of concurrent instances. 64: a process answers one request at a time, which has at most 32 function clauses.
const INSTANCES: u32 = 64;

/// What the indexing function has of functions.
pub(super) struct ManagedFunctions {
    pub(super) resolver: Arc<dyn FunctionResolver>,
    pub(super) catalog: Arc<dyn FunctionCatalog>,
    /// What changes them; `None` if it may not.
    pub(super) registry: Option<Arc<Registry>>,
    pub(super) logged: Option<Arc<dyn LoggedFunctions>>,
}

impl ManagedFunctions {
    /// None at all.
    pub(super) fn none() -> Self {
        let none = Arc::new(NoFunctions);
        ManagedFunctions { resolver: none.clone(), catalog: none, registry: None, logged: None }
    }

    /// Those of the store.
    ///
    /// # Errors
    /// [`SandboxError`] if functions cannot be run here.
    pub(super) fn of_store(
        storage: &Arc<dyn Storage>,
        clock: &Arc<dyn Clock>,
        trust: &Trust,
    ) -> Result<Self, SandboxError> {
        let log: Arc<dyn LogSink> = Arc::new(LogOfProcess);
        let registry = Arc::new(registry(storage, clock, trust, log)?);
        let logged = StoreFunctions { storage: Arc::clone(storage), clock: Arc::clone(clock), trust: trust.clone() };
        Ok(ManagedFunctions {
            resolver: registry.clone(),
            catalog: registry.clone(),
            registry: Some(registry),
            logged: Some(Arc::new(logged)),
        })
    }
}

/// The registry, which loads ahead-of-time code only.
fn registry(
    storage: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    trust: &Trust,
    log: Arc<dyn LogSink>,
) -> Result<Registry, SandboxError> {
    let limits = SandboxLimits { instances: INSTANCES, ..SandboxLimits::default() };
    let sandbox = Precompiled::new(Sandbox::new(limits, Some(log))?);
    let settings = Settings { trust: trust.clone(), ..Settings::default() };
    Ok(Registry::new(Arc::clone(storage), Arc::new(sandbox), settings, Arc::clone(clock)))
}

/// The functions of the store, with a log for each request.
struct StoreFunctions {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    trust: Trust,
}

impl LoggedFunctions for StoreFunctions {
    fn with_log(&self, log: &Arc<FunctionLog>) -> Result<Arc<dyn FunctionResolver>, LoggedFunctionsError> {
        let log: Arc<dyn LogSink> = Arc::new(LogOfRequest(Arc::clone(log)));
        match registry(&self.storage, &self.clock, &self.trust, log) {
            Ok(registry) => Ok(Arc::new(registry)),
            Err(error) => Err(LoggedFunctionsError(Box::new(error))),
        }
    }
}

struct LogOfRequest(Arc<FunctionLog>);

impl LogSink for LogOfRequest {
    fn log(&self, _: &FunctionId, level: Level, message: &str) {
        self.0.add(level.name(), message);
    }
}
