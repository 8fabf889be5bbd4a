//! What the searches of one request have in common: their time, and the memory that they may use.

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_function::Budget;

use crate::functions::{FilterCache, Shared};
use crate::limits::Limits;
use crate::memory::{Memory, MemoryScope};
use crate::search_request::SearchRequest;

/// What the searches of one request, one for each index, have in common.
pub(crate) struct Allowance {
    /// When they must end, by the engine's clock.
    pub(crate) deadline: Duration,
    /// What `now` means in dates: milliseconds since the Unix epoch.
    pub(crate) now_millis: i64,
    /// What their functions share, and the memory of the searches.
    pub(crate) shared: Shared,
    /// The memory of their aggregations.
    pub(crate) aggregation_memory: Arc<Memory>,
}

impl Allowance {
    /// That of a request which starts now and may take so long.
    pub(crate) fn new(
        limits: &Limits,
        clock: &dyn Clock,
        filter_cache: Option<&Arc<FilterCache>>,
        request: &SearchRequest,
        timeout: Duration,
    ) -> Self {
        let budget = Budget::new(limits.max_function_time)
            .with_deadline(timeout)
            .with_max_memory(limits.max_function_memory_bytes);
        let memory = Memory::new(MemoryScope::Search, limits.max_memory_bytes);
        let deadline = clock.monotonic().saturating_add(timeout);
        let now_millis = request.now_millis().unwrap_or_else(|| clock.unix_millis());
        let aggregation_memory = Memory::new(MemoryScope::Aggregations, limits.max_aggregation_bytes);
        let shared = Shared { budget: Arc::new(budget), memory, filter_cache: filter_cache.cloned() };
        Allowance { deadline, now_millis, shared, aggregation_memory }
    }
}
