//! Changing the manifest while others change it, too.

use std::sync::Arc;
use std::time::Duration;

use quidditch_storage::{Precondition, Storage, StorageError};
use ulid::Ulid;

use crate::manifest::{Manifest, SplitEntry};
use crate::name::split_key;
use crate::{IndexError, Mapping};

/// How often a change is tried again after somebody else was faster. Each time, at least one writer has succeeded, so this
/// is the number of writers that may get in the way.
const ATTEMPTS: u32 = 100;

/// Longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_millis(100);

/// Adds the fields of `grown` to the index that it does not have. What comes back is the index's mapping then.
pub(super) async fn agree_on_fields(
    storage: &Arc<dyn Storage>,
    index: &str,
    grown: &Mapping,
) -> Result<Mapping, IndexError> {
    for attempt in 0..ATTEMPTS {
        let (mut manifest, version) = Manifest::read(storage, index).await?;
        let mut agreed = grown.clone();
        if !manifest.mapping.is_prefix_of(grown) {
            agreed = manifest.mapping.clone();
            agreed.add_missing(grown).map_err(|reason| IndexError::InvalidMapping { path: String::new(), reason })?;
        }
        if agreed == manifest.mapping {
            return Ok(agreed);
        }
        manifest.mapping = agreed;
        match manifest.write(storage, index, Precondition::Matches(version)).await {
            Ok(_) => return Ok(manifest.mapping),
            Err(StorageError::PreconditionFailed { .. }) => pause(attempt),
            Err(error) => return Err(error.into()),
        }
    }
    Err(IndexError::Contention { name: index.to_owned(), attempts: ATTEMPTS })
}

/// Puts stored splits into the manifest. If that is impossible, they are removed.
pub(super) async fn commit_splits(
    storage: &Arc<dyn Storage>,
    index: &str,
    mapping: &Mapping,
    splits: &[SplitEntry],
) -> Result<(), IndexError> {
    let Some(first) = splits.first() else { return Ok(()) };
    for attempt in 0..ATTEMPTS {
        let (mut manifest, version) = match Manifest::read(storage, index).await {
            Ok(read) => read,
            Err(error @ IndexError::NotFound { .. }) => {
                remove_splits(storage, index, splits).await;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        if manifest.splits.iter().any(|split| split.id == first.id) {
            // An earlier try did succeed, though the storage could not say so.
            return Ok(());
        }
        if !mapping.is_prefix_of(&manifest.mapping) {
            // The index was removed, and another was made under its name.
            remove_splits(storage, index, splits).await;
            return Err(IndexError::NotFound { name: index.to_owned() });
        }
        manifest.splits.extend_from_slice(splits);
        match manifest.write(storage, index, Precondition::Matches(version)).await {
            Ok(_) => return Ok(()),
            Err(StorageError::PreconditionFailed { .. }) => pause(attempt),
            // It may have been written all the same, so the splits must stay.
            Err(error) => return Err(error.into()),
        }
    }
    remove_splits(storage, index, splits).await;
    Err(IndexError::Contention { name: index.to_owned(), attempts: ATTEMPTS })
}

/// Removes splits that no manifest names. What cannot be removed costs room and nothing else, so that is no error.
pub(super) async fn remove_splits(storage: &Arc<dyn Storage>, index: &str, splits: &[SplitEntry]) {
    for split in splits {
        let _ = storage.delete(&split_key(index, &split.id)).await;
    }
}

/// Waits for a random time, so that writers who collided do not collide again.
fn pause(attempt: u32) {
    let longest = MAX_PAUSE.min(Duration::from_millis(1) * (attempt + 1));
    let random = Ulid::generate().random() as u32;
    // The thread itself sleeps: adding documents computes on it for seconds anyway.
    std::thread::sleep(longest.mul_f64(f64::from(random) / f64::from(u32::MAX)));
}
