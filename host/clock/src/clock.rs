//! The trait.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

/// Tells the time and waits.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait Clock: fmt::Debug + Send + Sync {
    /// Time since a fixed moment in the past. Never goes back.
    fn monotonic(&self) -> Duration;

    /// The date and time. May jump when the machine's clock is set.
    fn now(&self) -> SystemTime;

    /// Returns after `duration`.
    async fn sleep(&self, duration: Duration);

    /// Milliseconds between the Unix epoch and [`Clock::now`]; 0 before 1970.
    fn unix_millis(&self) -> i64 {
        let since = self.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}
