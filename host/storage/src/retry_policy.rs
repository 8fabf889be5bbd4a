//! When to retry.

use std::future::Future;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::StorageError;
use quidditch_clock::Clock;

/// How often, and for how long, a call that failed with [`StorageError::Unavailable`] is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySettings {
    /// Maximum number of attempts, including the first. 5: an error that outlasts five attempts is not transient.
    pub attempts: usize,
    /// Minimum pause after the first failure. It doubles with every further failure, and a random time of up to the same
    /// length is added, so that clients that failed together do not retry together. 100 ms: enough for a replaced server or
    /// a broken connection.
    pub initial_backoff: Duration,
    /// Upper limit for the doubled pause. 5 seconds: throttling ends within seconds.
    pub max_backoff: Duration,
    /// No attempt starts later than this after the start of the first, however long the storage asks to wait. 30 seconds: by
    /// then, the client of a search has given up.
    pub max_elapsed: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        RetrySettings {
            attempts: 5,
            initial_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            max_elapsed: Duration::from_secs(30),
        }
    }
}

impl RetrySettings {
    /// Repeats `attempt` while it fails with [`StorageError::Unavailable`] and another attempt is allowed.
    pub(crate) async fn retry<T, A>(&self, clock: &dyn Clock, mut attempt: impl FnMut() -> A) -> Result<T, StorageError>
    where
        A: Future<Output = Result<T, StorageError>>,
    {
        let start = clock.monotonic();
        let mut pauses = ExponentialBuilder::new()
            .with_min_delay(self.initial_backoff)
            .with_max_delay(self.max_backoff)
            .with_max_times(self.attempts.saturating_sub(1))
            .with_jitter()
            .build();
        loop {
            let error = match attempt().await {
                Err(error @ StorageError::Unavailable { .. }) => error,
                outcome => return outcome,
            };
            let Some(pause) = pauses.next() else { return Err(error) };
            let pause = error.retry_after().unwrap_or_default().max(pause);
            if clock.monotonic() - start + pause > self.max_elapsed {
                return Err(error);
            }
            tracing::debug!(%error, ?pause, "retrying");
            clock.sleep(pause).await;
        }
    }
}
