//! Deleting documents.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use quidditch_index::format::Manifest;
use quidditch_index::{IndexError, Snapshot, SnapshotDocument, check_index_name};
use quidditch_storage::Storage;
use tantivy::{DocId, TantivyError};

use super::{Marker, Search};
use crate::commit::{Change, CommitError, commit, unix_millis};

/// Deletes documents of a snapshot. What comes back is how many were there: others may have deleted some meanwhile.
///
/// All of them disappear at once, or none does.
///
/// # Errors
/// [`IndexError::Contention`] where documents have moved to other splits since the snapshot was taken: find them anew in a
/// new snapshot. [`IndexError::Search`] where a document is not one of the snapshot. [`IndexError::NotFound`],
/// [`IndexError::Damaged`], [`IndexError::Storage`]. After each, no document was deleted, except perhaps where the storage
/// failed at the very last step and cannot say whether it succeeded.
pub async fn delete_documents(snapshot: &Snapshot, documents: &[SnapshotDocument]) -> Result<u64, IndexError> {
    let mut by_split: HashMap<String, Vec<DocId>> = HashMap::new();
    for SnapshotDocument { split, document } in documents {
        let Some(id) = snapshot.split_id(*split) else {
            return Err(TantivyError::InvalidArgument(format!("the snapshot has no split {split}")).into());
        };
        by_split.entry(id.to_owned()).or_default().push(*document);
    }
    delete(snapshot.reader().storage(), snapshot.name(), What::Documents(by_split)).await
}

/// Deletes the documents that have one of these ids. What comes back is how many there were.
///
/// All of them disappear at once, or none does.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Contention`], [`IndexError::Damaged`],
/// [`IndexError::Storage`]. After each, no document was deleted, except perhaps where the storage failed at the very last
/// step and cannot say whether it succeeded.
pub async fn delete_ids(storage: &Arc<dyn Storage>, index: &str, ids: &[&str]) -> Result<u64, IndexError> {
    check_index_name(index)?;
    delete(storage, index, What::Ids(Search::new(storage, index, ids.to_vec()))).await
}

async fn delete(storage: &Arc<dyn Storage>, index: &str, what: What<'_>) -> Result<u64, IndexError> {
    let mut deleting = Deleting { index, what, marker: Marker::new(storage, index), deleted: 0 };
    match commit(storage, index, &mut deleting).await {
        Ok(manifest) => {
            deleting.marker.remove_unused(Some(&manifest)).await;
            Ok(deleting.deleted)
        }
        Err(CommitError::NotWritten(error)) => {
            deleting.marker.remove_unused(None).await;
            Err(error)
        }
        Err(CommitError::Unknown(error)) => Err(error),
    }
}

/// What is to be deleted.
enum What<'a> {
    /// Documents by split.
    Documents(HashMap<String, Vec<DocId>>),
    Ids(Search<'a>),
}

struct Deleting<'a> {
    index: &'a str,
    what: What<'a>,
    marker: Marker<'a>,
    /// By the last try.
    deleted: u64,
}

impl Change for Deleting<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexError> {
        let found;
        let documents = match &mut self.what {
            What::Documents(documents) => {
                let splits: HashSet<&str> = manifest.splits.iter().map(|split| split.id.as_str()).collect();
                if !documents.keys().all(|split| splits.contains(split.as_str())) {
                    return Err(IndexError::Contention { name: self.index.to_owned(), attempts: 1 });
                }
                &*documents
            }
            What::Ids(search) => {
                found = search.in_splits_of(manifest).await?;
                &found
            }
        };
        self.deleted = self.marker.mark(manifest, documents, unix_millis()).await?;
        Ok(())
    }
}
