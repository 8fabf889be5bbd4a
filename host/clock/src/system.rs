//! The clock of the machine.
#![expect(clippy::disallowed_methods, reason = "the clock itself")]

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::Clock;

/// The clock of the machine. [`Clock::sleep`] must run inside a tokio runtime with time enabled.
#[derive(Debug, Clone)]
pub struct SystemClock {
    /// tokio's, which tests can pause; in all other programs it is the standard library's.
    start: tokio::time::Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock { start: tokio::time::Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
