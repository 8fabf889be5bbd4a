//! The change of an index that performs operations.

use std::collections::HashSet;

use bytes::Bytes;
use quidditch_index::format::{Manifest, SplitEntry, split_key};
use quidditch_index::{Mapping, Revision};
use quidditch_storage::Precondition;

use super::current::{CurrentLookup, WriteCache};
use super::plan::{NewDocument, Plan, Planner};
use super::retired::forget_short_lived;
use super::{WriteAction, WriteOperation, WriteResult};
use crate::add::split_writer::SplitWriter;
use crate::commit::Change;
use crate::deletes::DeleteWriter;
use crate::document::DocumentReader;
use crate::{IndexWriter, IndexingError};

/// Memory for a split that is being written, in bytes. It decides the initial size of tables; a split may take more.
const SPLIT_MEMORY_BYTES: usize = 16 << 20;

/// The change of an index that performs operations.
pub(super) struct Transaction<'a> {
    writer: &'a IndexWriter,
    cache: &'a WriteCache,
    operations: &'a [WriteOperation],
    /// The `_id` of the document of each operation.
    ids: Vec<String>,
    documents: DocumentReader,
    deletes: DeleteWriter<'a>,
    /// The last split that was written.
    split: Option<StoredSplit>,
    /// The names of all objects that were written for splits.
    written: Vec<String>,
    results: Vec<WriteResult>,
}

/// A split that is stored, and what it was made of.
struct StoredSplit {
    index_id: String,
    mapping: Mapping,
    documents: Vec<(String, Bytes, Revision)>,
    entry: SplitEntry,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(writer: &'a IndexWriter, cache: &'a WriteCache, operations: &'a [WriteOperation]) -> Self {
        let id = |operation: &WriteOperation| operation.id.clone().unwrap_or_else(|| writer.new_ulid().to_string());
        Transaction {
            writer,
            cache,
            operations,
            ids: operations.iter().map(id).collect(),
            documents: DocumentReader::of(writer),
            deletes: DeleteWriter::new(writer),
            split: None,
            written: Vec::new(),
            results: Vec::new(),
        }
    }

    pub(super) fn into_results(self) -> Vec<WriteResult> {
        self.results
    }

    /// Removes the objects that were written and that the manifest does not list: those of failed attempts.
    pub(super) async fn remove_unused(&self, manifest: Option<&Manifest>) {
        self.deletes.remove_unused(manifest).await;
        let used: HashSet<String> = manifest.map(|manifest| manifest.objects().collect()).unwrap_or_default();
        let unused = self.written.iter().filter(|object| !used.contains(*object)).cloned().collect();
        self.writer.remove_objects(unused).await;
    }

    async fn plan(&mut self, manifest: &Manifest) -> Result<Plan, IndexingError> {
        // No document has a new id.
        let (mut ids, mut with_source) = (HashSet::new(), HashSet::new());
        for operation in self.operations {
            let Some(id) = operation.id.as_deref() else { continue };
            ids.insert(id);
            if matches!(operation.action, WriteAction::Update(_)) {
                with_source.insert(id);
            }
        }
        let lookup = CurrentLookup::new(self.cache, self.writer.index(), ids, with_source);
        let planner = Planner {
            index: self.writer.index(),
            current: lookup.find(manifest).await?,
            reader: &mut self.documents,
            mapping: manifest.mapping.clone(),
            next_seq_no: manifest.next_seq_no,
        };
        Ok(planner.plan(self.operations, &self.ids))
    }

    /// Stores the documents as a split, unless the last attempt has stored the same.
    async fn store(
        &mut self,
        index_id: &str,
        mapping: &Mapping,
        documents: Vec<NewDocument>,
    ) -> Result<SplitEntry, IndexingError> {
        if let Some(stored) = self.split.as_ref().filter(|stored| stored.is_of(index_id, mapping, &documents)) {
            return Ok(stored.entry.clone());
        }
        let mut split = SplitWriter::new(mapping, SPLIT_MEMORY_BYTES)?;
        let mut parts = Vec::with_capacity(documents.len());
        for NewDocument { nested, document, id, source, revision } in documents {
            split.add(nested, document, revision, source.len())?;
            parts.push((id, source, revision));
        }
        let (entry, bytes) = split.finish(self.writer.new_split_id(), mapping)?;
        let key = split_key(self.writer.index(), &entry.id);
        // Recorded before it is stored: if that fails midway, it is among the objects to remove.
        self.written.push(entry.object());
        self.writer.storage().put(&key, bytes.clone(), Precondition::Absent).await?;
        self.cache.reader().note_written(&key, &bytes);
        self.split = Some(StoredSplit {
            index_id: index_id.to_owned(),
            mapping: mapping.clone(),
            documents: parts,
            entry: entry.clone(),
        });
        Ok(entry)
    }
}

impl StoredSplit {
    fn is_of(&self, index_id: &str, mapping: &Mapping, documents: &[NewDocument]) -> bool {
        self.index_id == index_id
            && self.mapping == *mapping
            && self.documents.len() == documents.len()
            && self.documents.iter().zip(documents).all(|((id, source, revision), document)| {
                *id == document.id && *revision == document.revision && *source == document.source
            })
    }
}

impl Change for Transaction<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        let Plan { mapping, next_seq_no, documents, removed, results } = self.plan(manifest).await?;
        let has_changed = results.iter().any(WriteResult::is_change);
        self.results = results;
        if !has_changed {
            // Nothing is to be stored, whatever was refused.
            return Ok(());
        }
        if !removed.is_empty() {
            self.deletes.delete(manifest, &removed).await?;
        }
        if !documents.is_empty() {
            let entry = self.store(&manifest.id, &mapping, documents).await?;
            manifest.splits.push(entry);
        }
        manifest.mapping = mapping;
        manifest.next_seq_no = next_seq_no;
        forget_short_lived(manifest, self.writer.now_millis());
        Ok(())
    }
}
