//! Committing: replacing the manifest while other writers replace it, too.

use std::collections::HashSet;
use std::time::Duration;

use quidditch_index::IndexError;
use quidditch_index::format::Manifest;
use quidditch_storage::{Precondition, StorageError};

use crate::{IndexWriter, IndexingError};

/// How often a change is attempted when other writers are faster. Each time, at least one of them has succeeded, so this is the
/// number of changes that may get in the way.
const ATTEMPTS: u32 = 100;

/// Longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_millis(100);

/// A change of an index. It is applied again to each newer manifest until one is written.
pub(crate) trait Change: Send {
    /// Changes the manifest, or leaves it as it is if there is nothing to do. Objects that it then lists must be stored.
    ///
    /// # Errors
    /// Those that end the work: nothing is written then.
    fn apply(&mut self, manifest: &mut Manifest) -> impl Future<Output = Result<(), IndexingError>> + Send;
}

/// Why a change was not committed.
#[derive(Debug)]
pub(crate) enum CommitError {
    /// The manifest does not contain the change: objects that were stored for it can be removed.
    NotWritten(IndexingError),
    /// The storage failed while the manifest was written, so it may contain the change. Objects must stay.
    Unknown(IndexingError),
}

impl From<CommitError> for IndexingError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::NotWritten(error) | CommitError::Unknown(error) => error,
        }
    }
}

impl IndexWriter {
    /// Commits a change. Returns the manifest that contains it.
    ///
    /// # Errors
    /// Those of the change, and [`IndexError::NotFound`], [`IndexingError::Contention`], [`IndexError::Damaged`],
    /// [`IndexError::Storage`].
    pub(crate) async fn commit(&self, change: &mut impl Change) -> Result<Manifest, CommitError> {
        let mut refused: Option<Attempt> = None;
        for attempt in 0..=ATTEMPTS {
            let (before, version) = match Manifest::read(self.storage(), self.index()).await {
                Ok(read) => read,
                Err(error @ IndexError::NotFound { .. }) => return Err(CommitError::NotWritten(error.into())),
                Err(error) if refused.is_none() => return Err(CommitError::NotWritten(error.into())),
                Err(error) => return Err(CommitError::Unknown(error.into())),
            };
            // Storages retry requests whose responses are lost. Then the first write succeeds, and the second is refused.
            if let Some(attempt) = refused.take().filter(|attempt| attempt.is_in(&before)) {
                return Ok(attempt.after);
            }
            if attempt == ATTEMPTS {
                break;
            }
            let mut after = before.clone();
            change.apply(&mut after).await.map_err(CommitError::NotWritten)?;
            if after == before {
                return Ok(after);
            }
            after.change = self.new_ulid().to_string();
            match after.write(self.storage(), self.index(), Precondition::Matches(version)).await {
                Ok(_) => return Ok(after),
                Err(StorageError::PreconditionFailed { .. }) => {
                    refused = Some(Attempt { before, after });
                    self.pause(attempt).await;
                }
                Err(error) => return Err(CommitError::Unknown(error.into())),
            }
        }
        let error = IndexingError::Contention { name: self.index().to_owned(), attempts: ATTEMPTS };
        Err(CommitError::NotWritten(error))
    }

    /// Waits for a random time, so that writers that collided do not collide again.
    async fn pause(&self, attempt: u32) {
        let longest = MAX_PAUSE.min(Duration::from_millis(1) * (attempt + 1));
        let random = self.new_ulid().random() as u32;
        self.clock().sleep(longest.mul_f64(f64::from(random) / f64::from(u32::MAX))).await;
    }
}

/// A write that the storage refused.
struct Attempt {
    before: Manifest,
    after: Manifest,
}

impl Attempt {
    /// Whether a later manifest is this one, or was made from it. Names of objects are never reused, so an object that this write
    /// added proves it.
    fn is_in(&self, later: &Manifest) -> bool {
        if later.change == self.after.change {
            return true;
        }
        let retired = later.retired.iter().map(|retired| retired.object.clone());
        let known: HashSet<String> = later.objects().chain(retired).collect();
        let old: HashSet<String> = self.before.objects().collect();
        self.after.objects().any(|object| !old.contains(&object) && known.contains(&object))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::executor::block_on;
    use futures::future::BoxFuture;
    use quidditch_clock::{Clock, ManualClock};
    use quidditch_storage::Storage;
    use quidditch_test_storage::{InterceptStorage, Operation};
    use serde_json::json;

    use super::*;
    use crate::fixture::{INDEX, add, lost_responses, manifest, store_with_index, writer, writer_at};

    /// Retires the first split.
    struct Retire {
        now: i64,
        attempts: u32,
        /// Another writer, who retires the first split at the first attempt, and when.
        other: Option<(IndexWriter, i64)>,
    }

    impl Retire {
        fn new(now: i64) -> Self {
            Retire { now, attempts: 0, other: None }
        }
    }

    /// A function of its own, since a future that contains itself has no type.
    fn retire_elsewhere(writer: IndexWriter, now: i64) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            writer.commit(&mut Retire::new(now)).await.expect("written");
        })
    }

    impl Change for Retire {
        async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
            self.attempts += 1;
            if let Some((writer, now)) = self.other.take() {
                retire_elsewhere(writer, now).await;
            }
            if !manifest.splits.is_empty() {
                let split = manifest.splits.remove(0);
                manifest.retire(split.object(), self.now);
            }
            Ok(())
        }
    }

    async fn store_with_splits(count: usize) -> Arc<dyn Storage> {
        let storage = store_with_index(json!({})).await;
        for _ in 0..count {
            add(&storage, "{}").await;
        }
        storage
    }

    #[test]
    fn changes_are_applied_again_after_those_of_others() {
        block_on(async {
            // Also if the other writer does the same in the same millisecond.
            for now in [1, 2] {
                let storage = store_with_splits(3).await;
                let writer = writer(&storage);
                let mut change = Retire { other: Some((writer.clone(), now)), ..Retire::new(1) };
                let written = writer.commit(&mut change).await.expect("written");
                assert_eq!((change.attempts, written.splits.len(), written.retired.len()), (2, 1, 2));
                assert_eq!(written, manifest(&storage).await);
            }
        });
    }

    #[test]
    fn attempts_are_limited_and_pause_in_between() {
        block_on(async {
            let inner = store_with_splits(1).await;
            let others = inner.clone();
            // Before each write, another writer writes the same object.
            let storage = InterceptStorage::new(inner.clone()).before(move |call| {
                let others = others.clone();
                async move {
                    if matches!(call.operation, Operation::Put(_)) {
                        let bytes = others.get(&call.key).await.expect("it exists").bytes;
                        others.put(&call.key, bytes, Precondition::None).await.expect("written");
                    }
                    Ok(())
                }
            });
            let storage: Arc<dyn Storage> = Arc::new(storage);
            let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
            let writer = writer_at(&storage, &clock);
            let mut change = Retire::new(1);
            let error = writer.commit(&mut change).await.expect_err("never undisturbed");
            assert!(matches!(error, CommitError::NotWritten(IndexingError::Contention { attempts: ATTEMPTS, .. })));
            assert_eq!((change.attempts, manifest(&inner).await.splits.len()), (ATTEMPTS, 1));
            // The pauses are random, up to 1, 2, ..., 100 ms.
            let paused = clock.monotonic();
            assert!(Duration::from_secs(1) < paused && paused < MAX_PAUSE * ATTEMPTS, "{paused:?}");
        });
    }

    #[test]
    fn a_change_whose_response_was_lost_is_made_once() {
        block_on(async {
            let inner = store_with_splits(2).await;
            let mut change = Retire::new(1);
            let written = writer(&lost_responses(&inner)).commit(&mut change).await.expect("written");
            assert_eq!((change.attempts, written.splits.len()), (1, 1));
            assert_eq!(written, manifest(&inner).await);
        });
    }

    #[test]
    fn a_change_that_changes_nothing_is_not_written() {
        block_on(async {
            let storage = store_with_splits(0).await;
            let before = Manifest::read(&storage, INDEX).await.expect("readable").1;
            writer(&storage).commit(&mut Retire::new(1)).await.expect("nothing to do");
            assert_eq!(Manifest::read(&storage, INDEX).await.expect("readable").1, before);
        });
    }
}
