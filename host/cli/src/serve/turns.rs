//! Which requests are answered at the same time.

use std::sync::Arc;

use quidditch_service::Access;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::settings::Settings;

/// Turns of requests. Searches compute, so that few of them run at a time and others wait. Requests that change something mostly
/// wait for a commit that many of them share, so that many are let in, and none waits outside: clients repeat what is refused.
#[derive(Clone)]
pub(super) struct Turns {
    searches: Arc<Semaphore>,
    writes: Arc<Semaphore>,
}

impl Turns {
    pub(super) fn new(settings: &Settings) -> Self {
        Turns {
            searches: Arc::new(Semaphore::new(settings.request_threads)),
            writes: Arc::new(Semaphore::new(settings.write_requests)),
        }
    }

    /// A turn for a request that changes something; `None` if there is none, or if the request only reads.
    pub(super) fn of_write(&self, access: Access) -> WriteTurn {
        match access {
            Access::Read => WriteTurn::NotNeeded,
            Access::Write | Access::Publish => match Arc::clone(&self.writes).try_acquire_owned() {
                Ok(permit) => WriteTurn::Taken(permit),
                Err(_) => WriteTurn::Refused,
            },
        }
    }

    /// Waits for the turn of a request that reads.
    pub(super) async fn of_search(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.searches).acquire_owned().await.expect("the semaphore is never closed")
    }
}

/// The turn of a request that may change something.
pub(super) enum WriteTurn {
    /// It changes nothing.
    NotNeeded,
    Taken(OwnedSemaphorePermit),
    /// Too many others are being answered.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_over_the_limit_are_refused_and_searches_are_not() {
        let turns = Turns::new(&Settings { write_requests: 1, ..Settings::default() });
        let first = turns.of_write(Access::Write);
        assert!(matches!(first, WriteTurn::Taken(_)));
        assert!(matches!(turns.of_write(Access::Publish), WriteTurn::Refused));
        assert!(matches!(turns.of_write(Access::Read), WriteTurn::NotNeeded));
        drop(first);
        assert!(matches!(turns.of_write(Access::Write), WriteTurn::Taken(_)));
    }
}
