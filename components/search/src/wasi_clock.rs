//! WASI's clock.
#![expect(clippy::disallowed_methods, reason = "the clock itself")]

use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use quidditch_clock::Clock;

/// The clock of the app's host.
#[derive(Debug)]
pub(crate) struct WasiClock {
    start: Instant,
}

impl Default for WasiClock {
    fn default() -> Self {
        WasiClock { start: Instant::now() }
    }
}

#[async_trait(?Send)]
impl Clock for WasiClock {
    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep(&self, duration: Duration) {
        spin_sdk::time::sleep(duration).await;
    }
}
