//! Reading the deletes object of a split.

use std::sync::Arc;

use quidditch_index::IndexError;
use quidditch_index::format::SplitEntry;
use quidditch_storage::Storage;
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
    let object = storage.get(&key).await.map_err(|error| IndexError::from_object_read(&key, error))?;
    deletes.check(&object.bytes).map_err(|reason| IndexError::damaged(key, reason))?;
    Ok(Some(OwnedBytes::new(Vec::from(object.bytes))))
}
