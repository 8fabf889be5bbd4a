//! Writing deletes objects.

use std::collections::HashMap;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use quidditch_index::SplitId;
use quidditch_index::format::{Deletes, Manifest, SplitEntry};
use quidditch_storage::Precondition;
use tantivy::{DocId, TantivyError};

use super::AliveDocuments;
use crate::{IndexWriter, IndexingError};

/// How many objects are read and written at a time.
const OBJECTS_AT_A_TIME: usize = 16;

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
    /// How many of the documents were not deleted before. If there are none, the split stays as it is.
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
        self.prepare(manifest, documents).await?;
        let now = self.writer.now_millis();
        let mut deleted = 0;
        let mut splits = Vec::with_capacity(manifest.splits.len());
        for split in std::mem::take(&mut manifest.splits) {
            let Some(result) = documents.get(&split.id).and_then(|_| self.results.get(&split.id)) else {
                splits.push(split);
                continue;
            };
            if result.deleted == 0 {
                splits.push(split);
                continue;
            }
            deleted += result.deleted;
            if let Some(deletes) = &split.deletes {
                manifest.retire(deletes.object.clone(), now);
            }
            match result.deletes.clone() {
                Some(deletes) => splits.push(SplitEntry { deletes: Some(deletes), ..split }),
                None => manifest.retire(split.object(), now),
            }
        }
        manifest.splits = splits;
        Ok(deleted)
    }

    /// Writes the deletes objects that the last attempt has not written, several at a time.
    async fn prepare(
        &mut self,
        manifest: &Manifest,
        documents: &HashMap<SplitId, Vec<DocId>>,
    ) -> Result<(), IndexingError> {
        let wanted = manifest.splits.iter().filter_map(|split| Some((split, documents.get(&split.id)?)));
        let is_known = |split: &SplitEntry, documents: &[DocId]| {
            let result = self.results.get(&split.id);
            result.is_some_and(|result| result.base == split.deletes && result.documents == documents)
        };
        // Lists of futures, and not streams that map entries: those would not be `Send`.
        let encoded: Vec<_> = wanted
            .filter(|(split, documents)| !is_known(split, documents))
            .map(|(split, documents)| encode(self.writer, split, documents))
            .collect();
        let encoded: Vec<Encoded> = stream::iter(encoded).buffered(OBJECTS_AT_A_TIME).try_collect().await?;
        let mut puts = Vec::new();
        for Encoded { split, result, content } in encoded {
            if let (Some(deletes), Some(content)) = (&result.deletes, content) {
                // Recorded before it is stored: if that fails midway, it is among the objects to remove.
                self.written.push(deletes.object.clone());
                puts.push((deletes.key(self.writer.index()), content));
            }
            self.results.insert(split, result);
        }
        let puts: Vec<_> = puts
            .iter()
            .map(|(key, content)| self.writer.storage().put(key, content.clone(), Precondition::Absent))
            .collect();
        let stored: Result<Vec<_>, _> = stream::iter(puts).buffer_unordered(OBJECTS_AT_A_TIME).try_collect().await;
        if let Err(error) = stored {
            // It is not known which of them are stored.
            self.results.clear();
            return Err(error.into());
        }
        Ok(())
    }

    /// Removes the objects that were written and that the manifest does not list: those of failed attempts.
    pub(crate) async fn remove_unused(&self, manifest: Option<&Manifest>) {
        let used: Vec<String> = manifest.map(|manifest| manifest.objects().collect()).unwrap_or_default();
        let unused = self.written.iter().filter(|object| !used.contains(object)).cloned().collect();
        self.writer.remove_objects(unused).await;
    }
}

/// The deletes of a split, and the content of its new deletes object.
struct Encoded {
    split: SplitId,
    result: SplitResult,
    content: Option<Bytes>,
}

async fn encode(writer: &IndexWriter, split: &SplitEntry, documents: &[DocId]) -> Result<Encoded, IndexingError> {
    let mut alive = AliveDocuments::load(writer.storage(), writer.index(), split).await?;
    let mut deleted = 0;
    for document in documents {
        if *document >= alive.documents() {
            let reason = format!("split {} has no document {document}", split.id);
            return Err(TantivyError::InvalidArgument(reason).into());
        }
        deleted += u64::from(alive.remove(*document));
    }
    let (mut deletes, mut content) = (None, None);
    if deleted > 0 && alive.count() > 0 {
        let encoded = alive.encode()?;
        deletes = Some(Deletes {
            object: format!("{}-{}.deletes", split.id, writer.new_ulid()),
            documents: u64::from(alive.documents()) - alive.count(),
            size: encoded.len() as u64,
            crc32: crc32fast::hash(&encoded),
        });
        content = Some(encoded);
    }
    let result = SplitResult { base: split.deletes.clone(), documents: documents.to_vec(), deletes, deleted };
    Ok(Encoded { split: split.id.clone(), result, content })
}
