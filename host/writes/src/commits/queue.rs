//! The operations that wait for the next commit of an index.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::channel::oneshot;
use quidditch_index::SplitReader;
use quidditch_indexing::{WriteCache, WriteOperation, WriteResult};
use quidditch_service::writing::Refusal;

use super::background::Maintenance;
use super::reservation::Reservation;

/// What became of the operations of a request, or why that is not known, or why nothing was done.
pub(super) type Results = Result<Vec<WriteResult>, Box<Refusal>>;

/// The operations of one request.
pub(super) struct Waiting {
    pub(super) operations: Vec<WriteOperation>,
    pub(super) bytes: usize,
    pub(super) done: oneshot::Sender<Results>,
    /// Until they are committed.
    pub(super) reservation: Reservation,
}

/// The operations that wait for the next commit of an index.
pub(super) struct Queue {
    waiting: Mutex<VecDeque<Waiting>>,
    /// Held by the request that commits for all others.
    pub(super) committing: futures::lock::Mutex<Commits>,
    pub(super) cache: WriteCache,
    pub(super) maintenance: Arc<Maintenance>,
}

/// The commits of an index by this process.
#[derive(Default)]
pub(super) struct Commits {
    /// When the last one began.
    pub(super) last: Option<Duration>,
    /// How many requests it was for.
    pub(super) requests: usize,
}

impl Queue {
    pub(super) fn new(reader: &Arc<SplitReader>) -> Self {
        Queue {
            waiting: Mutex::default(),
            committing: futures::lock::Mutex::default(),
            cache: WriteCache::new(reader),
            maintenance: Arc::default(),
        }
    }

    pub(super) fn push(&self, waiting: Waiting) {
        self.waiting().push_back(waiting);
    }

    /// How many requests wait.
    pub(super) fn len(&self) -> usize {
        self.waiting().len()
    }

    /// Takes the operations of the first requests: of one at least, and of as many more as have no more bytes together.
    pub(super) fn take(&self, max_bytes: usize) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        let mut taken = Vec::new();
        let mut bytes = 0;
        while let Some(next) = waiting.front() {
            if !taken.is_empty() && bytes + next.bytes > max_bytes {
                break;
            }
            bytes += next.bytes;
            taken.extend(waiting.pop_front());
        }
        taken
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
