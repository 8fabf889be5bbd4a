//! What the searches of one request may use together: time and memory.

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_function::Budget;

use crate::functions::Shared;
use crate::limits::Limits;
use crate::memory::{Memory, MemoryScope};

/// What the searches of one request, one for each index, may use together.
pub(crate) struct Allowance {
    /// When they must end, by the engine's clock.
    pub(crate) deadline: Duration,
    /// What their functions share, and the memory of the searches.
    pub(crate) shared: Shared,
}

impl Allowance {
    /// That of a request which may take so long from now on.
    pub(crate) fn new(limits: &Limits, clock: &dyn Clock, timeout: Duration) -> Self {
        let budget = Budget::new(limits.max_function_time)
            .with_deadline(timeout)
            .with_max_memory(limits.max_function_memory_bytes);
        let memory = Memory::new(MemoryScope::Search, limits.max_memory_bytes);
        let deadline = clock.monotonic().saturating_add(timeout);
        Allowance { deadline, shared: Shared { budget: Arc::new(budget), memory } }
    }
}
