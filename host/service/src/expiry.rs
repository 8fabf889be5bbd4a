//! When what was read from the store is no longer used, because this process has changed it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The time of the last change, if there was one.
#[derive(Debug, Default)]
pub(crate) struct Expiry(Mutex<Option<Duration>>);

impl Expiry {
    /// Notes a change.
    pub(crate) fn expire(&self, now: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether a response that was requested from the store at that time may lack the change.
    pub(crate) fn is_expired(&self, asked: Duration) -> bool {
        let expired = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        expired.is_some_and(|expired| asked <= expired)
    }
}
