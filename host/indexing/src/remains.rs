//! Collecting what is left of deleted indices.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::Clock;
use quidditch_index::{existing_indices, possible_indices};
use quidditch_storage::Storage;

use crate::{IndexWriter, IndexingError};

/// Removes objects of deleted indices that are older than the grace period: those that a process has left which was killed while it
/// deleted an index, and those of writers that had not noticed. Returns how many.
/// Costs one listing of the folders of the store, one `head` for each, and what the garbage collection of each deleted index costs.
///
/// # Errors
/// As [`IndexWriter::collect_garbage`].
pub async fn collect_remains(
    storage: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    grace: Duration,
) -> Result<u64, IndexingError> {
    let names = possible_indices(storage).await?;
    let existing: BTreeSet<String> = existing_indices(storage, names.clone()).await?.into_iter().collect();
    let mut removed = 0;
    for name in names.into_iter().filter(|name| !existing.contains(name)) {
        removed += IndexWriter::new(storage, clock, &name)?.collect_garbage(grace).await?.removed;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_clock::ManualClock;
    use quidditch_index::list_indices;
    use quidditch_storage::Precondition;
    use serde_json::json;

    use super::*;
    use crate::GARBAGE_GRACE;
    use crate::fixture::{INDEX, add, store_with_index};
    use crate::garbage::UNLISTED;

    #[test]
    fn only_old_objects_of_deleted_indices_are_removed() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{}").await;
            let clock = Arc::new(ManualClock::default());
            let time: Arc<dyn Clock> = clock.clone();
            let left = format!("gone/splits/{}.split", ulid::Ulid::from_datetime(clock.now()));
            storage.put(&left, "x".into(), Precondition::None).await.expect("written");
            assert_eq!(collect_remains(&storage, &time, GARBAGE_GRACE).await.expect("collected"), 0);
            clock.advance(GARBAGE_GRACE + UNLISTED + Duration::from_millis(1));
            assert_eq!(collect_remains(&storage, &time, GARBAGE_GRACE).await.expect("collected"), 1);
            assert_eq!(list_indices(&storage).await.expect("listed"), [INDEX]);
            assert_eq!(storage.list(&format!("{INDEX}/splits/")).await.expect("listed").len(), 1);
        });
    }
}
