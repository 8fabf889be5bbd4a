//! Commits the operations of requests.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use futures::future::{Either, select};
use http::StatusCode;
use quidditch_clock::Clock;
use quidditch_index::IndexError;
use quidditch_indexing::{IndexWriter, IndexingError, QueryCheck, WriteOperation, WriteReport, WriteResult};
use quidditch_service::writing::{ApiError, Refusal};
use quidditch_service::{Service, error_chain};
use quidditch_storage::Storage;

use super::background::{Background, MaintenanceParts};
use super::counts::{CommitCounter, CommitCounts};
use super::queue::{Commits, Queue, Results, Waiting};
use super::reservation::Room;
use super::settings::CommitSettings;

/// How many indices that are not being written keep what makes their next commit cheaper. 64: each holds the footers of its splits.
const KEPT_INDICES: usize = 64;

/// What a [`Committer`] is built from.
pub(crate) struct CommitParts {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Checks the queries that documents have.
    pub(crate) query_check: Arc<dyn QueryCheck>,
    /// Merges splits; `None` if nothing merges them.
    pub(crate) background: Option<Arc<dyn Background>>,
}

/// Commits the operations of requests. One of the requests that wait for the same index commits for all of them.
pub(crate) struct Committer {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    query_check: Arc<dyn QueryCheck>,
    /// `None` if nothing merges splits.
    maintenance: Option<MaintenanceParts>,
    settings: CommitSettings,
    room: Room,
    counter: CommitCounter,
    /// By index. An index that is deleted, or found missing, loses its own.
    queues: Mutex<HashMap<String, Arc<Queue>>>,
}

impl Committer {
    pub(crate) fn new(parts: CommitParts, settings: CommitSettings) -> Self {
        let CommitParts { storage, clock, query_check, background } = parts;
        let CommitSettings { merging, waiting_bytes, .. } = settings;
        let maintenance = background.map(|background| MaintenanceParts { background, merging, turn: Arc::default() });
        let (room, queues, counter) = (Room::new(waiting_bytes), Mutex::default(), CommitCounter::default());
        Committer { storage, clock, query_check, maintenance, settings, room, counter, queues }
    }

    /// Whether an index of this name has been written, and was neither deleted by this process nor found missing since.
    pub(crate) fn knows(&self, index: &str) -> bool {
        self.queues().contains_key(index)
    }

    /// Forgets an index that is deleted.
    pub(crate) fn forget(&self, index: &str) {
        self.queues().remove(index);
    }

    /// What was committed so far.
    pub(crate) fn counts(&self) -> CommitCounts {
        self.counter.counts()
    }

    /// Most bytes of the operations of one commit.
    pub(crate) fn commit_bytes(&self) -> usize {
        self.settings.commit_bytes
    }

    /// Performs one operation, as [`Committer::write`].
    pub(crate) async fn write_one(
        &self,
        service: &Service,
        index: &str,
        operation: WriteOperation,
    ) -> Result<WriteResult, ApiError> {
        let mut results = self.write(service, index, vec![operation]).await?;
        Ok(results.remove(0))
    }

    /// Performs operations on an index, and returns when they are in the store and visible to the next request. The results have the
    /// order of the operations.
    ///
    /// # Errors
    /// 429 if too many operations wait; a missing index; that the store failed. After the last, nothing was done, unless the store
    /// cannot tell.
    pub(crate) async fn write(
        &self,
        service: &Service,
        index: &str,
        operations: Vec<WriteOperation>,
    ) -> Result<Vec<WriteResult>, ApiError> {
        let bytes = operations.iter().map(WriteOperation::bytes).sum();
        let Some(reservation) = self.room.reserve(bytes) else { return Err(self.rejected(bytes).into()) };
        let queue = self.queue(service, index);
        let (done, mut results) = oneshot::channel();
        queue.push(Waiting { operations, bytes, done, reservation });
        loop {
            let mut commits = match select(results, pin!(queue.committing.lock())).await {
                Either::Left((results, _)) => return Ok(results.unwrap_or_else(|_| Err(interrupted()))?),
                Either::Right((commits, waiting)) => {
                    results = waiting;
                    commits
                }
            };
            if queue.len() == 0 {
                // Another request has committed these operations.
                return Ok(results.await.unwrap_or_else(|_| Err(interrupted()))?);
            }
            self.commit(service, index, &queue, &mut commits).await;
        }
    }

    /// Commits the operations that wait.
    async fn commit(&self, service: &Service, index: &str, queue: &Queue, commits: &mut Commits) {
        let since = commits.last.map(|last| self.clock.monotonic().saturating_sub(last));
        // A client that waits for each answer before it sends the next request would only be slower.
        let is_shared = queue.len() > 1 || commits.requests > 1;
        if let Some(left) = since.and_then(|since| self.settings.delay.checked_sub(since)).filter(|_| is_shared) {
            self.clock.sleep(left).await;
        }
        commits.last = Some(self.clock.monotonic());
        let taken = queue.take(self.settings.commit_bytes);
        commits.requests = taken.len();
        let (mut operations, mut waiting) = (Vec::new(), Vec::new());
        for Waiting { operations: of_request, done, reservation, .. } in taken {
            waiting.push((of_request.len(), done, reservation));
            operations.extend(of_request);
        }
        let written = self.write_all(index, queue, &operations).await;
        drop(operations);
        match written {
            Ok(WriteReport { results, merge_due }) => {
                service.note_documents(index);
                self.counter.add(results.len());
                let mut results = results.into_iter();
                for (count, done, _) in waiting {
                    // The request may have gone.
                    let _ = done.send(Ok(results.by_ref().take(count).collect()));
                }
                if merge_due {
                    self.begin_merge(index, queue);
                }
            }
            Err(error) => {
                self.counter.add_failed();
                if matches!(error, IndexingError::Index(IndexError::NotFound { .. })) {
                    self.forget(index);
                }
                let refusal = Box::new(refusal(&error));
                for (_, done, _) in waiting {
                    let _ = done.send(Results::Err(refusal.clone()));
                }
            }
        }
    }

    async fn write_all(
        &self,
        index: &str,
        queue: &Queue,
        operations: &[WriteOperation],
    ) -> Result<WriteReport, IndexingError> {
        let writer = IndexWriter::new(&self.storage, &self.clock, index)?;
        let writer = writer.with_query_check(Arc::clone(&self.query_check));
        writer.write(&queue.cache, operations).await
    }

    fn begin_merge(&self, index: &str, queue: &Queue) {
        let Some(maintenance) = &self.maintenance else { return };
        // The name has been written to.
        if let Ok(writer) = IndexWriter::new(&self.storage, &self.clock, index) {
            queue.maintenance.begin(maintenance, writer, &self.clock);
        }
    }

    pub(super) fn queue(&self, service: &Service, index: &str) -> Arc<Queue> {
        let mut queues = self.queues();
        if queues.len() >= KEPT_INDICES && !queues.contains_key(index) {
            queues.retain(|_, queue| Arc::strong_count(queue) > 1);
        }
        let queue = queues.entry(index.to_owned()).or_insert_with(|| Arc::new(Queue::new(service.reader())));
        Arc::clone(queue)
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<String, Arc<Queue>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rejected(&self, bytes: usize) -> Refusal {
        let reason = format!(
            "rejected execution of a write of {bytes} bytes: {} bytes are waiting to be written; at most {} are allowed",
            self.room.used(),
            self.room.limit()
        );
        Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rejected_execution_exception", reason)
    }
}

/// That the request that committed for this one has ended.
fn interrupted() -> Box<Refusal> {
    let reason = "the commit was interrupted: the documents may have been written or not";
    Box::new(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable_exception", reason))
}

/// What the requests are told whose operations could not be committed.
fn refusal(error: &IndexingError) -> Refusal {
    let reason = error.to_string();
    match error {
        IndexingError::Index(IndexError::NotFound { name }) => {
            Refusal::new(StatusCode::NOT_FOUND, "index_not_found_exception", reason)
                .detail("resource.type", "index_or_alias")
                .detail("resource.id", name.as_str())
                .detail("index", name.as_str())
        }
        IndexingError::Contention { .. } => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable_exception", reason)
        }
        IndexingError::Index(IndexError::Storage(_)) => {
            tracing::error!(error = error_chain(error), "a commit failed");
            let reason = "the storage of the index is unavailable: the documents may have been written or not";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable_exception", reason)
        }
        error => {
            tracing::error!(error = error_chain(error), "a commit failed");
            let reason = "internal error; see the server log";
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", reason)
        }
    }
}
