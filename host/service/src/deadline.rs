//! When a request must have been answered.

use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};

use crate::Service;
use crate::error::ApiError;

/// When something must be done, and the time limit that this follows from.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// By the service's clock.
    at: Duration,
    /// As it was set, which is what errors name.
    time_limit: Duration,
}

impl Deadline {
    /// The time limit.
    pub(crate) fn time_limit(self) -> Duration {
        self.time_limit
    }
}

impl Service {
    /// The deadline of what begins now.
    pub(crate) fn deadline(&self, time_limit: Duration) -> Deadline {
        Deadline { at: self.clock.monotonic().saturating_add(time_limit), time_limit }
    }

    /// The time that is left until a deadline, rounded up to milliseconds.
    pub(crate) fn left(&self, deadline: Deadline) -> Duration {
        let left = deadline.at.saturating_sub(self.clock.monotonic());
        Duration::from_millis(u64::try_from(left.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX))
    }

    /// Waits for `work`, but not beyond the deadline. A search that is executing checks its deadline itself and ends with
    /// partial results, so what times out here is waiting for storage.
    pub(crate) async fn within<T>(
        &self,
        deadline: Deadline,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        match select(pin!(work), self.clock.sleep(self.left(deadline))).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(ApiError::TimedOut(deadline.time_limit)),
        }
    }
}
