//! Merging and collecting garbage while requests are answered.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::lock::Mutex;
use quidditch_clock::Clock;
use quidditch_index::IndexError;
use quidditch_indexing::{GARBAGE_GRACE, IndexWriter, IndexingError, MergeOptions};
use quidditch_service::error_chain;

/// How often the garbage of an index is collected while it is written. 1 h: what is collected is at least a day old.
const COLLECTED_EVERY: Duration = Duration::from_secs(60 * 60);

/// Runs work that no commit waits for.
pub trait Background: Send + Sync {
    /// Begins the work, or keeps it for later. It blocks the thread that polls it, and may be interrupted at any time.
    fn spawn(&self, work: BoxFuture<'static, ()>);
}

/// What the maintenance of all indices has in common.
#[derive(Clone)]
pub(super) struct MaintenanceParts {
    pub(super) background: Arc<dyn Background>,
    pub(super) merging: MergeOptions,
    /// Held during a merge, so that only one at a time needs memory.
    pub(super) turn: Arc<Mutex<()>>,
}

/// The maintenance of one index.
#[derive(Default)]
pub(super) struct Maintenance {
    /// Held while it runs. It is free again also if the work panics, or is dropped before its end.
    running: Arc<Mutex<()>>,
    /// When garbage was collected last.
    collected: std::sync::Mutex<Option<Duration>>,
}

impl Maintenance {
    /// Merges splits of an index in the background, unless that is already happening.
    pub(super) fn begin(self: &Arc<Self>, parts: &MaintenanceParts, writer: IndexWriter, clock: &Arc<dyn Clock>) {
        let Some(running) = self.running.try_lock_owned() else { return };
        let MaintenanceParts { background, merging, turn } = parts.clone();
        let (maintenance, clock) = (Arc::clone(self), Arc::clone(clock));
        background.spawn(Box::pin(async move {
            let turn = turn.lock().await;
            match maintenance.run(&writer, &merging, &*clock).await {
                Ok(()) => {}
                Err(IndexingError::Index(IndexError::NotFound { .. })) => {
                    tracing::debug!(index = writer.index(), "an index was deleted before its maintenance");
                }
                // The next commit tries again.
                Err(error) => {
                    let error = error_chain(&error);
                    tracing::warn!(index = writer.index(), error, "maintenance of an index failed");
                }
            }
            drop((turn, running));
        }));
    }

    async fn run(&self, writer: &IndexWriter, merging: &MergeOptions, clock: &dyn Clock) -> Result<(), IndexingError> {
        let report = writer.merge_splits(merging, |_| ()).await?;
        tracing::debug!(index = writer.index(), merged = report.merged, written = report.written, "merged splits");
        if self.is_collection_due(clock.monotonic()) {
            let report = writer.collect_garbage(GARBAGE_GRACE).await?;
            tracing::debug!(index = writer.index(), removed = report.removed, "collected garbage");
        }
        Ok(())
    }

    fn is_collection_due(&self, now: Duration) -> bool {
        let mut collected = self.collected.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_due = collected.is_none_or(|collected| now.saturating_sub(collected) >= COLLECTED_EVERY);
        if is_due {
            *collected = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use quidditch_clock::ManualClock;
    use quidditch_storage::{MemoryStorage, Storage};

    use super::*;

    /// Keeps the work that it is given, and never does it.
    #[derive(Default)]
    struct Idle {
        work: std::sync::Mutex<Option<BoxFuture<'static, ()>>>,
        begun: AtomicUsize,
    }

    impl Background for Idle {
        fn spawn(&self, work: BoxFuture<'static, ()>) {
            self.begun.fetch_add(1, SeqCst);
            *self.work.lock().expect("not poisoned") = Some(work);
        }
    }

    #[test]
    fn maintenance_that_was_interrupted_begins_again() {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let (maintenance, background) = (Arc::new(Maintenance::default()), Arc::new(Idle::default()));
        let merging = MergeOptions::in_background();
        let parts = MaintenanceParts { background: background.clone(), merging, turn: Arc::default() };
        let begin = || {
            let writer = IndexWriter::new(&storage, &clock, "a").expect("a valid name");
            maintenance.begin(&parts, writer, &clock);
            background.begun.load(SeqCst)
        };
        assert_eq!(begin(), 1);
        assert_eq!(begin(), 1, "it is running");
        drop(background.work.lock().expect("not poisoned").take());
        assert_eq!(begin(), 2);
    }
}
