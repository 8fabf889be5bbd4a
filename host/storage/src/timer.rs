//! Time, as the storages that wait need it.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// Tells the time and waits, wherever the program runs: a clock of the runtime's, or of a test's.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait Timer: fmt::Debug + Send + Sync {
    /// The time since some moment that is always the same. It never goes back.
    fn now(&self) -> Duration;

    /// Comes back when this time has passed.
    async fn sleep(&self, time: Duration);
}

/// Time as tokio knows it. Waiting needs a tokio runtime.
#[cfg(not(target_family = "wasm"))]
#[derive(Debug)]
pub struct TokioTimer {
    begin: tokio::time::Instant,
}

#[cfg(not(target_family = "wasm"))]
impl TokioTimer {
    /// Time since now.
    pub fn new() -> Self {
        TokioTimer { begin: tokio::time::Instant::now() }
    }
}

#[cfg(not(target_family = "wasm"))]
impl Default for TokioTimer {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(not(target_family = "wasm"))]
#[async_trait]
impl Timer for TokioTimer {
    fn now(&self) -> Duration {
        self.begin.elapsed()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}
