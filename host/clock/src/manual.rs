//! A clock for tests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use crate::Clock;

/// A clock that stands still until a test advances it. Its date is the Unix epoch plus the time advanced; sleeping advances it,
/// and returns at once.
#[derive(Debug, Default)]
pub struct ManualClock {
    nanos: AtomicU64,
}

impl ManualClock {
    /// Moves the time forward.
    pub fn advance(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Clock for ManualClock {
    fn monotonic(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + self.monotonic()
    }

    async fn sleep(&self, duration: Duration) {
        self.advance(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_only_when_it_is_advanced() {
        let clock = ManualClock::default();
        assert_eq!((clock.monotonic(), clock.unix_millis()), (Duration::ZERO, 0));
        clock.advance(Duration::from_millis(1_500));
        assert_eq!((clock.monotonic(), clock.unix_millis()), (Duration::from_millis(1_500), 1_500));
    }
}
