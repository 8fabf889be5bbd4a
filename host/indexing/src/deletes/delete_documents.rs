//! Deleting documents of an index.

use std::collections::{HashMap, HashSet};

use quidditch_index::format::Manifest;
use quidditch_index::{DocumentId, SplitId};
use tantivy::DocId;

use super::{DeleteWriter, IdLookup};
use crate::commit::{Change, CommitError};
use crate::{IndexWriter, IndexingError};

impl IndexWriter {
    /// Deletes documents that a search has found. Returns how many were deleted: other writers may have deleted some in the
    /// meantime.
    ///
    /// All of them disappear at once, or none does.
    ///
    /// # Errors
    /// [`IndexingError::Contention`] if documents have moved to other splits since they were found: search again.
    /// [`IndexError::Search`] if a split does not have such a document. [`IndexError::NotFound`], [`IndexError::Damaged`],
    /// [`IndexError::Storage`]. After each, no document was deleted, except perhaps if the storage failed at the very last step and
    /// cannot tell whether it succeeded.
    ///
    /// [`IndexError::Search`]: quidditch_index::IndexError::Search
    /// [`IndexError::NotFound`]: quidditch_index::IndexError::NotFound
    /// [`IndexError::Damaged`]: quidditch_index::IndexError::Damaged
    /// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
    pub async fn delete_documents(&self, documents: &[DocumentId]) -> Result<u64, IndexingError> {
        let mut by_split: HashMap<SplitId, Vec<DocId>> = HashMap::new();
        for DocumentId { split, document } in documents {
            by_split.entry(split.clone()).or_default().push(*document);
        }
        delete(self, DeleteTarget::Documents(by_split)).await
    }

    /// Deletes the documents that have one of these ids. Returns how many were deleted.
    ///
    /// All of them disappear at once, or none does.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexingError::Contention`], [`IndexError::Damaged`], [`IndexError::Storage`]. After each, no
    /// document was deleted, except perhaps if the storage failed at the very last step and cannot tell whether it succeeded.
    ///
    /// [`IndexError::NotFound`]: quidditch_index::IndexError::NotFound
    /// [`IndexError::Damaged`]: quidditch_index::IndexError::Damaged
    /// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
    pub async fn delete_ids(&self, ids: &[&str]) -> Result<u64, IndexingError> {
        delete(self, DeleteTarget::Ids(IdLookup::new(self, ids.to_vec()))).await
    }
}

async fn delete(writer: &IndexWriter, target: DeleteTarget<'_>) -> Result<u64, IndexingError> {
    let mut deletion = Deletion { index: writer.index(), target, deletes: DeleteWriter::new(writer), deleted: 0 };
    match writer.commit(&mut deletion).await {
        Ok(manifest) => {
            deletion.deletes.remove_unused(Some(&manifest)).await;
            Ok(deletion.deleted)
        }
        Err(CommitError::NotWritten(error)) => {
            deletion.deletes.remove_unused(None).await;
            Err(error)
        }
        Err(CommitError::Unknown(error)) => Err(error),
    }
}

/// Which documents to delete.
enum DeleteTarget<'a> {
    /// Documents by split.
    Documents(HashMap<SplitId, Vec<DocId>>),
    Ids(IdLookup<'a>),
}

struct Deletion<'a> {
    index: &'a str,
    target: DeleteTarget<'a>,
    deletes: DeleteWriter<'a>,
    /// By the last attempt.
    deleted: u64,
}

impl Change for Deletion<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        let found;
        let documents = match &mut self.target {
            DeleteTarget::Documents(documents) => {
                let splits: HashSet<&SplitId> = manifest.splits.iter().map(|split| &split.id).collect();
                if !documents.keys().all(|split| splits.contains(split)) {
                    return Err(IndexingError::Contention { name: self.index.to_owned(), attempts: 1 });
                }
                &*documents
            }
            DeleteTarget::Ids(lookup) => {
                found = lookup.find(manifest).await?;
                &found
            }
        };
        self.deleted = self.deletes.delete(manifest, documents).await?;
        Ok(())
    }
}
