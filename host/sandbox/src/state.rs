//! The state of the host for each instance: limits, timer, log.

use std::sync::Arc;

use quidditch_function::{Budget, FunctionId};
use wasmtime::ResourceLimiter;

use crate::SandboxLimits;
use crate::call_timer::CallTimer;
use crate::log::{Log, LogSink};
use crate::profiler::Profiler;

/// The data in the store of an instance.
pub(crate) struct State {
    pub(crate) limits: SandboxLimits,
    pub(crate) timer: CallTimer,
    pub(crate) log: Log,
    /// Where its time is recorded, if the function is profiled.
    pub(crate) profiler: Option<Arc<Profiler>>,
    /// Why the function was last denied memory.
    pub(crate) denied: Option<Denied>,
    /// Size of the instance's memory. A component has at most one.
    memory_bytes: usize,
}

/// Why a function was denied memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Its memory would have this size, which is over the limit of an instance.
    Instance { requested_bytes: usize },
    /// The functions of its request would use more than they may together.
    Request,
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
            profiler: None,
            denied: None,
            memory_bytes: 0,
        }
    }
}

impl State {
    /// The size of the instance's memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.timer.budget().return_memory(self.memory_bytes as u64);
    }
}

impl ResourceLimiter for State {
    /// A denial is an ordinary failure of `memory.grow`, which a function may handle.
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.limits.memory_bytes {
            self.denied = Some(Denied::Instance { requested_bytes: desired });
            return Ok(false);
        }
        // The component itself does not allow it.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        if !self.timer.budget().take_memory((desired - current) as u64) {
            self.denied = Some(Denied::Request);
            return Ok(false);
        }
        self.memory_bytes += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= self.limits.table_elements)
    }
}
