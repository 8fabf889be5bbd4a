//! Takes the time that calls use off the budget of their request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quidditch_function::Budget;

/// The clock of one instance. It measures elapsed time, which on a machine with idle cores is the time used.
pub(crate) struct Clock {
    budget: Arc<Budget>,
    since: Instant,
    /// Below one microsecond, the budget's unit; carried over, so that many short calls are counted, too.
    unspent: Duration,
}

impl Clock {
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        Clock { budget, since: Instant::now(), unspent: Duration::ZERO }
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Starts a call; `false` if there is no time left for it.
    pub(crate) fn start(&mut self) -> bool {
        self.since = Instant::now();
        !self.budget.left().is_zero()
    }

    /// Takes what was used since the start or the last lap off the budget; `false` if nothing is left.
    pub(crate) fn lap(&mut self) -> bool {
        let now = Instant::now();
        self.unspent += now - self.since;
        self.since = now;
        let below_a_microsecond = Duration::from_nanos(u64::from(self.unspent.subsec_nanos() % 1_000));
        self.budget.spend(self.unspent - below_a_microsecond);
        self.unspent = below_a_microsecond;
        !self.budget.left().is_zero()
    }
}
