//! Spends the time of calls from the budget of their request.
//!
//! It reads the machine's clock itself instead of an injected one: it interrupts code that is running, and a clock that a test
//! advances would stand still during an endless loop.
#![expect(
    clippy::disallowed_methods,
    reason = "calls take nanoseconds, and a dynamic call would be measured with them"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use quidditch_function::Budget;

/// The timer of one instance. It measures elapsed time, which equals CPU time as long as there are idle cores.
pub(crate) struct CallTimer {
    budget: Arc<Budget>,
    since: Instant,
    /// Time below one microsecond, the unit of the budget. It is carried over, so that many short calls are counted as well.
    unspent: Duration,
}

impl CallTimer {
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        CallTimer { budget, since: Instant::now(), unspent: Duration::ZERO }
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Starts a call; returns `false` if there is no time left for it.
    pub(crate) fn start(&mut self) -> bool {
        self.since = Instant::now();
        !self.budget.left().is_zero()
    }

    /// Spends the time since the start or since the last lap; returns `false` if no time is left.
    pub(crate) fn lap(&mut self) -> bool {
        let now = Instant::now();
        self.unspent += now - self.since;
        self.since = now;
        let below_a_microsecond = Duration::from_nanos(u64::from(self.unspent.subsec_nanos() % 1_000));
        self.budget.spend(self.unspent - below_a_microsecond);
        self.unspent = below_a_microsecond;
        self.budget.may_continue(now)
    }
}
