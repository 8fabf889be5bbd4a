//! A limit on calls per second.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use quidditch_function::NotCalled;

const SECOND: Duration = Duration::from_secs(1);

/// Admits calls at a rate. As many as are allowed in a second may come at once.
pub(crate) struct RateLimit {
    limit: NonZeroU32,
    /// When all calls so far would have been made if they had come evenly (the "generic cell rate algorithm").
    all_made: Mutex<Duration>,
}

impl RateLimit {
    pub(crate) fn new(limit: NonZeroU32) -> Self {
        RateLimit { limit, all_made: Mutex::default() }
    }

    /// Whether one more call may be made at this time.
    pub(crate) fn admit(&self, now: Duration) -> Result<(), NotCalled> {
        let mut all_made = self.all_made.lock().unwrap_or_else(PoisonError::into_inner);
        let with_this_one = (*all_made).max(now).saturating_add(SECOND / self.limit.get());
        if with_this_one > now.saturating_add(SECOND) {
            return Err(NotCalled::TooManyCalls { limit: self.limit.get() });
        }
        *all_made = with_this_one;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_calls_may_be_made_in_a_second() {
        for limit in [1, 3, 7, 1_000] {
            let rate = RateLimit::new(NonZeroU32::new(limit).expect("not zero"));
            let start = Duration::from_secs(100);
            assert!((0..limit).all(|_| rate.admit(start).is_ok()), "{limit}");
            assert_eq!(rate.admit(start), Err(NotCalled::TooManyCalls { limit }));
            // One more for each fraction of a second that passes. Fractions are rounded to nanoseconds.
            let next = start + SECOND / limit;
            let rounding = Duration::from_nanos(limit.into());
            assert_eq!(rate.admit(next - rounding), Err(NotCalled::TooManyCalls { limit }));
            assert_eq!(rate.admit(next), Ok(()));
            assert!(rate.admit(next).is_err());
            // Unused calls are not saved up.
            let later = start + 100 * SECOND;
            assert!((0..limit).all(|_| rate.admit(later).is_ok()), "{limit}");
            assert!(rate.admit(later).is_err());
        }
    }
}
