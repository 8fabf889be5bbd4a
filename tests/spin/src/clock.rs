//! A clock that stands still.

use std::time::Duration;

use wasmtime_wasi::HostWallClock;

/// It is always this time after the Unix epoch.
pub(crate) struct Standing(pub(crate) Duration);

impl HostWallClock for Standing {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        self.0
    }
}
