//! What the host keeps for each instance: its limits, its clock, its log.

use std::sync::Arc;

use quidditch_function::{Budget, FunctionId};
use wasmtime::ResourceLimiter;

use crate::Limits;
use crate::clock::Clock;
use crate::log::{Log, LogSink};

/// The data of an instance's store.
pub(crate) struct State {
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    /// The largest memory that was asked for and denied, bytes.
    pub(crate) denied_bytes: Option<usize>,
}

impl State {
    pub(crate) fn new(
        function: Arc<FunctionId>,
        limits: Limits,
        sink: Option<Arc<dyn LogSink>>,
        budget: Arc<Budget>,
    ) -> Self {
        State { limits, clock: Clock::new(budget), log: Log::new(function, sink, &limits), denied_bytes: None }
    }
}

impl ResourceLimiter for State {
    /// A denial is an ordinary failure of `memory.grow`: a function that copes with it goes on.
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
