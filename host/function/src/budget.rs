//! The time budget that all functions of one request share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The time that is left for the functions of a request. All clauses and threads of the request share it.
///
/// It does not measure time: every implementation of [`crate::Function`] measures its calls and spends their time.
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

    /// The time at the start of the request.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// The time that is left. If it is zero, no further call may start.
    pub fn left(&self) -> Duration {
        Duration::from_micros(self.left_micros.load(Ordering::Relaxed))
    }

    /// Subtracts the time of a call; stops at zero.
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
