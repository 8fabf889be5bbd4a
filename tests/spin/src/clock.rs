//! A clock with a fixed time.

use std::time::Duration;

use wasmtime_wasi::HostWallClock;

/// Always returns this time, since the Unix epoch.
pub(crate) struct FixedClock(pub(crate) Duration);

impl HostWallClock for FixedClock {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}
