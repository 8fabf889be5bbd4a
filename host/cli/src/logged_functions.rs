//! The functions of a store with a log of their own, for requests that try them.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{FunctionId, FunctionResolver};
use quidditch_registry::{Registry, Settings};
use quidditch_sandbox::{Level, LogSink, Sandbox, SandboxLimits};
use quidditch_storage::Storage;
use quidditch_writes::{FunctionLog, LoggedFunctions, LoggedFunctionsError};

use crate::compiler::ChildCompiler;

/// Instances of the sandbox of one request. 8: its only function clause runs on one thread.
const INSTANCES: u32 = 8;

/// Makes a sandbox for each request, which takes less time than loading a function.
pub(crate) struct StoreFunctions {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) settings: Settings,
    pub(crate) clock: Arc<dyn Clock>,
}

impl LoggedFunctions for StoreFunctions {
    fn with_log(&self, log: &Arc<FunctionLog>) -> Result<Arc<dyn FunctionResolver>, LoggedFunctionsError> {
        let limits = SandboxLimits { instances: INSTANCES, ..SandboxLimits::default() };
        let sandbox = Sandbox::new(limits, Some(Arc::new(LogOfRequest(Arc::clone(log)))));
        let loader = ChildCompiler::new(sandbox.map_err(|error| LoggedFunctionsError(Box::new(error)))?);
        let (storage, clock) = (Arc::clone(&self.storage), Arc::clone(&self.clock));
        Ok(Arc::new(Registry::new(storage, Arc::new(loader), self.settings.clone(), clock)))
    }
}

struct LogOfRequest(Arc<FunctionLog>);

impl LogSink for LogOfRequest {
    fn log(&self, _: &FunctionId, level: Level, message: &str) {
        self.0.add(level.name(), message);
    }
}
