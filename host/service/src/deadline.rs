//! When a request must have been answered.

use std::time::Duration;

/// When something must be done, and the time limit that this follows from.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// By the service's clock.
    pub(crate) at: Duration,
    /// As it was set, which is what errors name.
    pub(crate) time_limit: Duration,
}
