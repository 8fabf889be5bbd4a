//! Deleted documents.
//!
//! Splits are never written again. Which of a split's documents are deleted stands in an object beside it, in the form that
//! tantivy reads: the set of the documents that are left, with tantivy's own footer.

#[cfg(not(target_family = "wasm"))]
mod alive;
#[cfg(not(target_family = "wasm"))]
mod documents;
#[cfg(not(target_family = "wasm"))]
mod mark;
#[cfg(not(target_family = "wasm"))]
mod search;
#[cfg(test)]
mod tests;

use std::sync::Arc;

#[cfg(not(target_family = "wasm"))]
pub(crate) use alive::Alive;
#[cfg(not(target_family = "wasm"))]
pub use documents::{SnapshotDocument, delete_documents, delete_ids};
#[cfg(not(target_family = "wasm"))]
pub(crate) use mark::Marker;
#[cfg(not(target_family = "wasm"))]
pub(crate) use search::Search;

use quidditch_storage::{Storage, StorageError};
use serde_json::{Value as Json, json};
use tantivy::directory::OwnedBytes;

use crate::IndexError;
use crate::manifest::{Deletes, SplitEntry};
use crate::name::splits_prefix;

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

impl Deletes {
    /// Key of the object.
    pub(crate) fn key(&self, index: &str) -> String {
        format!("{}{}", splits_prefix(index), self.object)
    }

    /// Whether these bytes are the object's.
    ///
    /// # Errors
    /// A text that says what is wrong with them.
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<(), String> {
        if bytes.len() as u64 != self.size {
            return Err(format!("it has {} bytes; the manifest says {}", bytes.len(), self.size));
        }
        if crc32fast::hash(bytes) != self.crc32 {
            return Err("its checksum is wrong".to_owned());
        }
        Ok(())
    }
}

/// Tells tantivy's description of a segment about its deletes. What comes back is the name of the file that tantivy will
/// look for them in.
pub(crate) fn describe_deletes(segment: &mut Json, deletes: &Deletes) -> String {
    segment["deletes"] = json!({"num_deleted_docs": deletes.documents, "opstamp": 1});
    let id = segment["segment_id"].as_str().unwrap_or_default().replace('-', "");
    format!("{id}.1.del")
}
