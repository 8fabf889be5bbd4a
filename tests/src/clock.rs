//! A clock with a fixed date, so that `now` means the same in every run.

use quidditch_clock::{Clock, SystemClock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

/// The date of tests: 2024-06-15T12:00:00Z in milliseconds since the Unix epoch.
pub const NOW_MILLIS: i64 = 1_718_452_800_000;

/// The same as text.
pub const NOW: &str = "2024-06-15T12:00:00Z";

/// Its date is always [`NOW_MILLIS`]; its monotonic time passes.
#[derive(Debug, Default)]
pub struct StandingClock(SystemClock);

#[async_trait]
impl Clock for StandingClock {
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(NOW_MILLIS as u64)
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}
