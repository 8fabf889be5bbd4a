//! The state of the host for each instance: limits, timer, log.

use std::sync::Arc;

use quidditch_function::{Budget, FunctionId};
use wasmtime::ResourceLimiter;

use crate::SandboxLimits;
use crate::call_timer::CallTimer;
use crate::log::{Log, LogSink};

/// The data in the store of an instance.
pub(crate) struct State {
    pub(crate) limits: SandboxLimits,
    pub(crate) timer: CallTimer,
    pub(crate) log: Log,
    /// The largest memory size, in bytes, that the function requested and was denied.
    pub(crate) denied_bytes: Option<usize>,
}

impl State {
    pub(crate) fn new(
        function: Arc<FunctionId>,
        limits: SandboxLimits,
        sink: Option<Arc<dyn LogSink>>,
        budget: Arc<Budget>,
    ) -> Self {
        State {
            limits,
            timer: CallTimer::new(budget),
            log: Log::new(function, sink, &limits.output),
            denied_bytes: None,
        }
    }
}

impl ResourceLimiter for State {
    /// A denial is an ordinary failure of `memory.grow`, which a function may handle.
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let allowed = desired <= self.limits.memory_bytes;
        if !allowed {
            self.denied_bytes = self.denied_bytes.max(Some(desired));
        }
        Ok(allowed)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= self.limits.table_elements)
    }
}
