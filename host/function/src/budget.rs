//! What all functions of one request share: their time and their memory.
#![expect(
    clippy::disallowed_methods,
    reason = "functions are stopped by the machine's clock, as they measure their time by it"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time and the memory for the functions of a request. All clauses and threads of the request share them.
///
/// It does not measure anything: every implementation of [`crate::Function`] measures its calls and spends their time, and
/// takes the memory of its instances.
#[derive(Debug)]
pub struct Budget {
    total: Duration,
    left_micros: AtomicU64,
    deadline: Option<Deadline>,
    max_memory_bytes: u64,
    memory_bytes: AtomicU64,
}

#[derive(Debug)]
struct Deadline {
    time: Instant,
    /// From when the budget was made.
    after: Duration,
}

impl Budget {
    /// A full budget of time, with any amount of memory.
    pub fn new(total: Duration) -> Self {
        Budget {
            total,
            left_micros: AtomicU64::new(micros(total)),
            deadline: None,
            max_memory_bytes: u64::MAX,
            memory_bytes: AtomicU64::new(0),
        }
    }

    /// The same budget for a request that ends after this time: then running functions are stopped.
    #[must_use]
    pub fn with_deadline(self, after: Duration) -> Self {
        let time = Instant::now().checked_add(after);
        Budget { deadline: time.map(|time| Deadline { time, after }), ..self }
    }

    /// The same budget with a limit for the memory of all instances together.
    #[must_use]
    pub fn with_max_memory(self, bytes: u64) -> Self {
        Budget { max_memory_bytes: bytes, ..self }
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

    /// Whether a running function may continue at this time.
    pub fn may_continue(&self, now: Instant) -> bool {
        !self.left().is_zero() && self.deadline.as_ref().is_none_or(|deadline| now < deadline.time)
    }

    /// The limit that a stopped function exceeded: the time of all functions, or that of the request.
    pub fn exceeded(&self) -> Duration {
        match &self.deadline {
            Some(deadline) if !self.left().is_zero() => deadline.after,
            _ => self.total,
        }
    }

    /// The limit for the memory of all instances together.
    pub fn max_memory_bytes(&self) -> u64 {
        self.max_memory_bytes
    }

    /// Takes memory for an instance; returns `false`, and takes nothing, if that exceeds the limit.
    pub fn take_memory(&self, bytes: u64) -> bool {
        let take = |taken: u64| taken.checked_add(bytes).filter(|taken| *taken <= self.max_memory_bytes);
        self.memory_bytes.try_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Returns the memory of an instance that has ended.
    pub fn return_memory(&self, bytes: u64) {
        self.memory_bytes.fetch_sub(bytes, Ordering::Relaxed);
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
        assert!(budget.may_continue(Instant::now()));
        budget.spend(Duration::from_millis(2));
        assert_eq!(budget.left(), Duration::ZERO);
        assert!(!budget.may_continue(Instant::now()));
        assert_eq!(budget.exceeded(), Duration::from_millis(3));
    }

    #[test]
    fn functions_may_run_until_the_deadline() {
        let start = Instant::now();
        let budget = Budget::new(Duration::from_secs(1)).with_deadline(Duration::from_secs(10));
        assert!(budget.may_continue(start + Duration::from_secs(9)));
        assert!(!budget.may_continue(Instant::now() + Duration::from_secs(10)));
        assert_eq!(budget.exceeded(), Duration::from_secs(10));
        let unlimited = Budget::new(Duration::from_secs(1)).with_deadline(Duration::MAX);
        assert!(unlimited.may_continue(start + Duration::from_secs(1 << 30)));
    }

    #[test]
    fn memory_is_taken_up_to_the_limit_and_returned() {
        let budget = Budget::new(Duration::from_secs(1)).with_max_memory(100);
        assert!(budget.take_memory(60));
        assert!(!budget.take_memory(41), "one byte over the limit");
        assert!(budget.take_memory(40), "at the limit: what was refused was not taken");
        budget.return_memory(60);
        assert!(budget.take_memory(60));
        let unlimited = Budget::new(Duration::from_secs(1));
        assert!(unlimited.take_memory(u64::MAX) && !unlimited.take_memory(1));
    }
}
