//! The time that all functions of one request may use together.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What is left of a request's time for functions, shared by all its clauses and workers.
///
/// It holds no clock: whoever runs a function measures the call and takes its time off.
#[derive(Debug)]
pub struct Budget {
    total: Duration,
    left_micros: AtomicU64,
}

impl Budget {
    /// A full budget.
    pub fn new(total: Duration) -> Self {
        Budget { total, left_micros: AtomicU64::new(micros(total)) }
    }

    /// What the request started with.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// What is left; zero means that no further call may start.
    pub fn left(&self) -> Duration {
        Duration::from_micros(self.left_micros.load(Ordering::Relaxed))
    }

    /// Takes off what a call used; stops at zero.
    pub fn spend(&self, used: Duration) {
        let used = micros(used);
        self.left_micros.update(Ordering::Relaxed, Ordering::Relaxed, |left| left.saturating_sub(used));
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spending_stops_at_zero() {
        let budget = Budget::new(Duration::from_millis(3));
        budget.spend(Duration::from_millis(2));
        assert_eq!(budget.left(), Duration::from_millis(1));
        budget.spend(Duration::from_millis(2));
        assert_eq!(budget.left(), Duration::ZERO);
    }
}
