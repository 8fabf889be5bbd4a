//! Time, injected.
//!
//! Everything that reads a clock or waits does so through a [`Clock`], so that tests decide what time it is, and so that the
//! same code runs where waiting needs another runtime.
//!
//! It knows nothing of the other crates.

mod clock;
mod manual;
#[cfg(not(target_family = "wasm"))]
mod system;

pub use clock::Clock;
pub use manual::ManualClock;
#[cfg(not(target_family = "wasm"))]
pub use system::SystemClock;
