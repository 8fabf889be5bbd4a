//! Changing what a store has once, for all indices.

use std::sync::Arc;

use quidditch_index::{StoreObject, read_store_object, write_store_object};
use quidditch_storage::{Storage, StorageError};
use ulid::Ulid;

use crate::IndexingError;

/// How often a change is attempted when other writers are faster. 20: these objects change rarely, and a writer that collides once
/// rarely collides again.
const ATTEMPTS: u32 = 20;

/// Changes an object of the store. `change` is applied again to newer ones until no other writer is faster. Returns the object that
/// contains the change.
///
/// # Errors
/// Those of `change`, and [`IndexingError::Contention`], [`IndexError::Damaged`], [`IndexError::Storage`]. Then nothing is changed,
/// unless the store failed while the object was written.
///
/// [`IndexError::Damaged`]: quidditch_index::IndexError::Damaged
/// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
pub(crate) async fn change_store_object<T: StoreObject, E: From<IndexingError>>(
    storage: &Arc<dyn Storage>,
    change: impl Fn(&mut T) -> Result<(), E>,
) -> Result<T, E> {
    let mut refused: Option<T> = None;
    for _ in 0..ATTEMPTS {
        let (mut before, version) = read_store_object::<T>(storage).await.map_err(IndexingError::from)?;
        // Storages retry requests whose responses are lost. Then the first write succeeds, and the second is refused.
        if let Some(mut written) = refused.take()
            && written.change() == before.change()
        {
            return Ok(written);
        }
        let mut after = before.clone();
        change(&mut after)?;
        if after == before {
            return Ok(after);
        }
        *after.change() = Ulid::generate().to_string();
        match write_store_object(&after, storage, version).await {
            Ok(_) => return Ok(after),
            Err(StorageError::PreconditionFailed { .. }) => refused = Some(after),
            Err(error) => return Err(IndexingError::from(error).into()),
        }
    }
    let name = T::KEY.trim_end_matches(".json").to_owned();
    Err(IndexingError::Contention { name, attempts: ATTEMPTS }.into())
}
