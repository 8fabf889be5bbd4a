//! Time, as WASI tells it.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use quidditch_storage::Timer;

/// WASI's monotonic clock.
#[derive(Debug)]
pub(crate) struct WasiTimer {
    begin: Instant,
}

impl WasiTimer {
    /// Time since now.
    pub(crate) fn new() -> Self {
        WasiTimer { begin: Instant::now() }
    }
}

#[async_trait(?Send)]
impl Timer for WasiTimer {
    fn now(&self) -> Duration {
        self.begin.elapsed()
    }

    async fn sleep(&self, time: Duration) {
        spin_sdk::time::sleep(time).await;
    }
}
