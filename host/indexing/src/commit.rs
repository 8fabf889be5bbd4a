//! Changing the manifest while others change it, too.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quidditch_index::IndexError;
use quidditch_index::format::Manifest;
use quidditch_storage::{Precondition, Storage, StorageError};
use ulid::Ulid;

/// How often a change is tried again after somebody else was faster. Each time, at least one writer has succeeded, so this
/// is the number of writers that may get in the way.
const ATTEMPTS: u32 = 100;

/// Longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_millis(100);

/// A change of an index, planned anew on each state of it until it is written.
pub(crate) trait Change {
    /// Changes the manifest; or leaves it as it is, if there is nothing to do. Objects that it then names must be stored.
    ///
    /// # Errors
    /// Those that end the work: nothing is written then.
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexError>;
}

/// Why a change was not made.
#[derive(Debug)]
pub(crate) enum CommitError {
    /// The manifest is without the change for certain: objects that were stored for it are needed by nobody.
    NotWritten(IndexError),
    /// The storage failed while the manifest was written and cannot say whether it was. Objects must stay.
    Unknown(IndexError),
}

impl From<CommitError> for IndexError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::NotWritten(error) | CommitError::Unknown(error) => error,
        }
    }
}

/// Makes a change. What comes back is the manifest with it.
///
/// # Errors
/// Those of the change, and [`IndexError::NotFound`], [`IndexError::Contention`], [`IndexError::Damaged`],
/// [`IndexError::Storage`].
pub(crate) async fn commit(
    storage: &Arc<dyn Storage>,
    index: &str,
    change: &mut impl Change,
) -> Result<Manifest, CommitError> {
    let mut refused: Option<Attempt> = None;
    for attempt in 0..=ATTEMPTS {
        let (before, version) = match Manifest::read(storage, index).await {
            Ok(read) => read,
            Err(error @ IndexError::NotFound { .. }) => return Err(CommitError::NotWritten(error)),
            Err(error) if refused.is_none() => return Err(CommitError::NotWritten(error)),
            Err(error) => return Err(CommitError::Unknown(error)),
        };
        // Storages repeat requests whose answers get lost. Then the first has succeeded, and the second was refused for it.
        if let Some(attempt) = refused.take().filter(|attempt| attempt.shows_in(&before)) {
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
        after.change = Ulid::generate().to_string();
        match after.write(storage, index, Precondition::Matches(version)).await {
            Ok(_) => return Ok(after),
            Err(StorageError::PreconditionFailed { .. }) => {
                refused = Some(Attempt { before, after });
                pause(attempt);
            }
            Err(error) => return Err(CommitError::Unknown(error.into())),
        }
    }
    Err(CommitError::NotWritten(IndexError::Contention { name: index.to_owned(), attempts: ATTEMPTS }))
}

/// A write that the storage refused.
struct Attempt {
    before: Manifest,
    after: Manifest,
}

impl Attempt {
    /// Whether a later manifest is this one or has grown from it. The names of objects are never used twice, so one that this
    /// write was the first to have tells.
    fn shows_in(&self, later: &Manifest) -> bool {
        if later.change == self.after.change {
            return true;
        }
        let retired = later.retired.iter().map(|retired| retired.object.clone());
        let known: HashSet<String> = later.objects().chain(retired).collect();
        let old: HashSet<String> = self.before.objects().collect();
        self.after.objects().any(|object| !old.contains(&object) && known.contains(&object))
    }
}

/// The time, in milliseconds since 1970.
pub(crate) fn unix_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Removes objects that no manifest names. What cannot be removed costs room and nothing else until the next garbage
/// collection, so that is no error.
pub(crate) async fn remove_objects(storage: &Arc<dyn Storage>, keys: impl IntoIterator<Item = String>) {
    for key in keys {
        let _ = storage.delete(&key).await;
    }
}

/// Waits for a random time, so that writers who collided do not collide again.
fn pause(attempt: u32) {
    let longest = MAX_PAUSE.min(Duration::from_millis(1) * (attempt + 1));
    let random = Ulid::generate().random() as u32;
    // The thread itself sleeps: adding documents computes on it for seconds anyway.
    std::thread::sleep(longest.mul_f64(f64::from(random) / f64::from(u32::MAX)));
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use serde_json::json;

    use super::*;
    use crate::fixture::{Forgetful, Hooked, INDEX, add, manifest, store_with_index};

    /// Retires the first split.
    struct Retire {
        now: i64,
        tries: u32,
        /// Somebody who does something first, at the first try.
        other: Option<(Arc<dyn Storage>, i64)>,
    }

    impl Change for Retire {
        async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexError> {
            self.tries += 1;
            if let Some((storage, now)) = self.other.take() {
                let mut other = Retire { now, tries: 0, other: None };
                Box::pin(commit(&storage, INDEX, &mut other)).await.expect("written");
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
    fn changes_are_planned_anew_after_others() {
        block_on(async {
            // Also where the other one does the same in the same millisecond.
            for now in [1, 2] {
                let storage = store_with_splits(3).await;
                let mut change = Retire { now: 1, tries: 0, other: Some((storage.clone(), now)) };
                let written = commit(&storage, INDEX, &mut change).await.expect("written");
                assert_eq!((change.tries, written.splits.len(), written.retired.len()), (2, 1, 2));
                assert_eq!(written, manifest(&storage).await);
            }
        });
    }

    #[test]
    fn there_is_an_end_to_trying() {
        block_on(async {
            let inner = store_with_splits(1).await;
            let others = inner.clone();
            let storage: Arc<dyn Storage> = Arc::new(Hooked::new(inner.clone(), move |key| {
                let meddle = async || {
                    let bytes = others.get(key).await.expect("there").bytes;
                    others.put(key, bytes, Precondition::None).await.expect("written");
                };
                std::thread::scope(|scope| scope.spawn(|| block_on(meddle())).join()).expect("no panic");
            }));
            let mut change = Retire { now: 1, tries: 0, other: None };
            let error = commit(&storage, INDEX, &mut change).await.expect_err("never undisturbed");
            assert!(matches!(error, CommitError::NotWritten(IndexError::Contention { attempts: ATTEMPTS, .. })));
            assert_eq!((change.tries, manifest(&inner).await.splits.len()), (ATTEMPTS, 1));
        });
    }

    #[test]
    fn a_change_whose_answer_was_lost_is_made_once() {
        block_on(async {
            let inner = store_with_splits(2).await;
            let storage: Arc<dyn Storage> = Arc::new(Forgetful { inner: inner.clone() });
            let mut change = Retire { now: 1, tries: 0, other: None };
            let written = commit(&storage, INDEX, &mut change).await.expect("written");
            assert_eq!((change.tries, written.splits.len()), (1, 1));
            assert_eq!(written, manifest(&inner).await);
        });
    }

    #[test]
    fn a_change_that_changes_nothing_is_not_written() {
        block_on(async {
            let storage = store_with_splits(0).await;
            let before = Manifest::read(&storage, INDEX).await.expect("readable").1;
            let mut change = Retire { now: 1, tries: 0, other: None };
            commit(&storage, INDEX, &mut change).await.expect("nothing to do");
            assert_eq!(Manifest::read(&storage, INDEX).await.expect("readable").1, before);
        });
    }
}
