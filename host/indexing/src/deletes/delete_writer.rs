//! Writing deletes objects.

use std::collections::HashMap;

use quidditch_index::SplitId;
use quidditch_index::format::{Deletes, Manifest, SplitEntry};
use quidditch_storage::Precondition;
use tantivy::{DocId, TantivyError};

use super::AliveDocuments;
use crate::{IndexWriter, IndexingError};

/// Deletes documents in a manifest, and writes the deletes objects for it. Reuses them in the next attempt of a change if the
/// split has not changed in between.
pub(crate) struct DeleteWriter<'a> {
    writer: &'a IndexWriter,
    /// The result of the last attempt for each split.
    results: HashMap<SplitId, SplitResult>,
    /// The names of all objects that were written.
    written: Vec<String>,
}

/// The result of deleting documents of a split.
#[derive(Debug, Clone)]
struct SplitResult {
    /// The deletes of the split before.
    base: Option<Deletes>,
    /// The documents to delete.
    documents: Vec<DocId>,
    /// The deletes of the split after; `None` if no document is left.
    deletes: Option<Deletes>,
    /// How many of the documents were not deleted before.
    deleted: u64,
}

impl<'a> DeleteWriter<'a> {
    pub(crate) fn new(writer: &'a IndexWriter) -> Self {
        DeleteWriter { writer, results: HashMap::new(), written: Vec::new() }
    }

    /// Deletes documents of the splits of a manifest. A split without any other document is removed from it. Returns how many of
    /// the documents were not deleted before.
    ///
    /// # Errors
    /// [`IndexError::Damaged`](quidditch_index::IndexError::Damaged), [`IndexError::Storage`](quidditch_index::IndexError::Storage),
    /// [`IndexError::Search`](quidditch_index::IndexError::Search) if there is no such document.
    pub(crate) async fn delete(
        &mut self,
        manifest: &mut Manifest,
        documents: &HashMap<SplitId, Vec<DocId>>,
    ) -> Result<u64, IndexingError> {
        let now = self.writer.now_millis();
        let mut deleted = 0;
        let mut splits = Vec::with_capacity(manifest.splits.len());
        for split in std::mem::take(&mut manifest.splits) {
            let result = match documents.get(&split.id) {
                Some(documents) => self.delete_in_split(&split, documents).await?,
                None => None,
            };
            let Some(result) = result else {
                splits.push(split);
                continue;
            };
            deleted += result.deleted;
            if let Some(deletes) = &split.deletes {
                manifest.retire(deletes.object.clone(), now);
            }
            match result.deletes {
                Some(deletes) => splits.push(SplitEntry { deletes: Some(deletes), ..split }),
                None => manifest.retire(split.object(), now),
            }
        }
        manifest.splits = splits;
        Ok(deleted)
    }

    /// `None` if all of the documents were deleted before.
    async fn delete_in_split(
        &mut self,
        split: &SplitEntry,
        documents: &[DocId],
    ) -> Result<Option<SplitResult>, IndexingError> {
        if let Some(result) = self.results.get(&split.id)
            && result.base == split.deletes
            && result.documents == documents
        {
            return Ok(Some(result.clone()));
        }
        let mut alive = AliveDocuments::load(self.writer.storage(), self.writer.index(), split).await?;
        let mut deleted = 0;
        for document in documents {
            if *document >= alive.documents() {
                let reason = format!("split {} has no document {document}", split.id);
                return Err(TantivyError::InvalidArgument(reason).into());
            }
            deleted += u64::from(alive.remove(*document));
        }
        if deleted == 0 {
            return Ok(None);
        }
        // Nested objects are not marked: they are left alone when all documents are deleted.
        let deletes = if alive.count() <= split.nested { None } else { Some(self.write(split, &alive).await?) };
        let result = SplitResult { base: split.deletes.clone(), documents: documents.to_vec(), deletes, deleted };
        self.results.insert(split.id.clone(), result.clone());
        Ok(Some(result))
    }

    async fn write(&mut self, split: &SplitEntry, alive: &AliveDocuments) -> Result<Deletes, IndexingError> {
        let content = alive.encode()?;
        let object = format!("{}-{}.deletes", split.id, self.writer.new_ulid());
        let deletes = Deletes {
            object: object.clone(),
            documents: u64::from(alive.documents()) - alive.count(),
            size: content.len() as u64,
            crc32: crc32fast::hash(&content),
        };
        let key = deletes.key(self.writer.index());
        // Recorded before it is stored: if that fails midway, it is among the objects to remove.
        self.written.push(object);
        self.writer.storage().put(&key, content, Precondition::Absent).await?;
        Ok(deletes)
    }

    /// Removes the objects that were written and that the manifest does not list: those of failed attempts.
    pub(crate) async fn remove_unused(&self, manifest: Option<&Manifest>) {
        let used: Vec<String> = manifest.map(|manifest| manifest.objects().collect()).unwrap_or_default();
        let unused = self.written.iter().filter(|object| !used.contains(object)).cloned().collect();
        self.writer.remove_objects(unused).await;
    }
}
