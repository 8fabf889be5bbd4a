//! Reading the deletes object of a split.

use std::sync::Arc;

use quidditch_index::IndexError;
use quidditch_index::format::SplitEntry;
use quidditch_storage::{Storage, StorageError};
use tantivy::directory::OwnedBytes;

/// The content of a split's deletes object, if it has one.
///
/// # Errors
/// [`IndexError::Damaged`], [`IndexError::Storage`].
pub(crate) async fn load_deletes(
    storage: &Arc<dyn Storage>,
    index: &str,
    split: &SplitEntry,
) -> Result<Option<OwnedBytes>, IndexError> {
    let Some(deletes) = &split.deletes else { return Ok(None) };
    let key = deletes.key(index);
    let damaged = |what: String| IndexError::Damaged { object: key.clone(), what };
    let bytes = match storage.get(&key).await {
        Ok(object) => object.bytes,
        Err(StorageError::NotFound { .. }) => return Err(damaged("it is missing".to_owned())),
        Err(error) => return Err(error.into()),
    };
    deletes.check(&bytes).map_err(damaged)?;
    Ok(Some(OwnedBytes::new(Vec::from(bytes))))
}
