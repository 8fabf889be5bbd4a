//! A clock whose date stands, so that `now` means the same in every run.

use std::time::Duration;

use quidditch_engine::{Clock, SystemClock};

/// What time it is in tests: 2024-06-15T12:00:00Z, in milliseconds.
pub const NOW_MILLIS: i64 = 1_718_452_800_000;

/// Its date is always [`NOW_MILLIS`]; durations pass as they do.
#[derive(Debug, Default)]
pub struct StandingClock(SystemClock);

impl Clock for StandingClock {
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn unix_millis(&self) -> i64 {
        NOW_MILLIS
    }
}
