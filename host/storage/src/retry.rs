//! Trying again.

use std::future::Future;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::StorageError;
use quidditch_clock::Clock;

/// How often and how long something that is not available is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySettings {
    /// Most attempts, with the first. 5: what five attempts do not mend is more than a moment's trouble.
    pub attempts: usize,
    /// Shortest pause after the first failure; it doubles with every further one, and up to as much again is added by chance,
    /// so that those who failed together do not come back together. 100 ms: a server that is replaced or a connection that
    /// broke needs no longer.
    pub initial_backoff: Duration,
    /// The pause does not double beyond this. 5 seconds: throttling ends within seconds.
    pub max_backoff: Duration,
    /// No attempt begins later than this after the first one began, however long the storage asks to wait. 30 seconds: who
    /// asked for a search has gone by then.
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
    /// Attempts until something else comes out than that the storage is not available, or until it is enough.
    pub(crate) async fn retry<T, A>(&self, clock: &dyn Clock, mut attempt: impl FnMut() -> A) -> Result<T, StorageError>
    where
        A: Future<Output = Result<T, StorageError>>,
    {
        let begin = clock.monotonic();
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
            if clock.monotonic() - begin + pause > self.max_elapsed {
                return Err(error);
            }
            tracing::debug!(%error, ?pause, "trying again");
            clock.sleep(pause).await;
        }
    }
}
