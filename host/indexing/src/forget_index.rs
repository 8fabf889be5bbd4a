//! Removes an index from all aliases.

use std::sync::Arc;

use quidditch_index::Aliases;
use quidditch_storage::Storage;

use crate::IndexingError;
use crate::change_store_object::change_store_object;

/// Removes an index from all aliases of a store.
///
/// # Errors
/// Those of the store.
pub(crate) async fn forget_index(storage: &Arc<dyn Storage>, index: &str) -> Result<(), IndexingError> {
    let forget = |aliases: &mut Aliases| {
        forget(aliases, index);
        Ok::<(), IndexingError>(())
    };
    change_store_object(storage, forget).await.map(drop)
}

/// Removes an index from all aliases.
pub(crate) fn forget(aliases: &mut Aliases, index: &str) {
    aliases.by_name.retain(|_, indices| {
        indices.remove(index);
        !indices.is_empty()
    });
}
