//! The time that a function's calls take.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{Budget, Cause};

/// Takes the time of a function's calls off the budget of the request.
pub(super) struct CallTimer {
    clock: Arc<dyn Clock>,
    budget: Arc<Budget>,
}

impl CallTimer {
    pub(super) fn new(clock: &Arc<dyn Clock>, budget: &Arc<Budget>) -> Self {
        CallTimer { clock: Arc::clone(clock), budget: Arc::clone(budget) }
    }

    /// Makes a call if the budget has time left. The call cannot be stopped while it runs.
    pub(super) fn time<T>(&self, call: impl FnOnce() -> T) -> Result<T, Cause> {
        if self.budget.left().is_zero() {
            return Err(Cause::TimedOut { limit: self.budget.total() });
        }
        let start = self.clock.monotonic();
        let result = call();
        self.budget.spend(self.clock.monotonic().saturating_sub(start));
        Ok(result)
    }
}
