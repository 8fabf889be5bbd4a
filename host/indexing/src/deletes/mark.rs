//! Marking documents as deleted in a manifest.

use std::collections::HashMap;
use std::sync::Arc;

use quidditch_index::IndexError;
use quidditch_index::format::{Deletes, Manifest, SplitEntry, splits_prefix};
use quidditch_storage::{Precondition, Storage};
use tantivy::{DocId, TantivyError};
use ulid::Ulid;

use super::alive::Alive;
use crate::commit::remove_objects;

/// Writes deletes objects. Keeps them from one try of a change to the next, where the split has not changed in between.
pub(crate) struct Marker<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    marked: HashMap<String, Marked>,
    /// The names of all objects that were written.
    written: Vec<String>,
}

/// What became of a split.
#[derive(Debug, Clone)]
struct Marked {
    /// What it was marked on top of.
    base: Option<Deletes>,
    documents: Vec<DocId>,
    /// What the manifest is to say of it now; `None` where no document is left.
    deletes: Option<Deletes>,
    /// How many of the documents were there before.
    newly: u64,
}

impl<'a> Marker<'a> {
    pub(crate) fn new(storage: &'a Arc<dyn Storage>, index: &'a str) -> Self {
        Marker { storage, index, marked: HashMap::new(), written: Vec::new() }
    }

    /// Marks documents as deleted in the splits of a manifest, by the split's id. A split of which nothing is left leaves it.
    /// What comes back is how many were there before.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`], [`IndexError::Search`] where there is no such document.
    pub(crate) async fn mark(
        &mut self,
        manifest: &mut Manifest,
        documents: &HashMap<String, Vec<DocId>>,
        now: i64,
    ) -> Result<u64, IndexError> {
        let mut deleted = 0;
        let mut splits = Vec::with_capacity(manifest.splits.len());
        for split in std::mem::take(&mut manifest.splits) {
            let marked = match documents.get(&split.id) {
                Some(documents) => self.mark_split(&split, documents).await?,
                None => None,
            };
            let Some(marked) = marked else {
                splits.push(split);
                continue;
            };
            deleted += marked.newly;
            if let Some(deletes) = &split.deletes {
                manifest.retire(deletes.object.clone(), now);
            }
            match marked.deletes {
                Some(deletes) => splits.push(SplitEntry { deletes: Some(deletes), ..split }),
                None => manifest.retire(split.object(), now),
            }
        }
        manifest.splits = splits;
        Ok(deleted)
    }

    /// `None` where none of the documents was left.
    async fn mark_split(&mut self, split: &SplitEntry, documents: &[DocId]) -> Result<Option<Marked>, IndexError> {
        if let Some(marked) = self.marked.get(&split.id)
            && marked.base == split.deletes
            && marked.documents == documents
        {
            return Ok(Some(marked.clone()));
        }
        let mut alive = Alive::load(self.storage, self.index, split).await?;
        let mut newly = 0;
        for document in documents {
            if *document >= alive.documents() {
                let problem = format!("split {} has no document {document}", split.id);
                return Err(TantivyError::InvalidArgument(problem).into());
            }
            newly += u64::from(alive.remove(*document));
        }
        if newly == 0 {
            return Ok(None);
        }
        let deletes = if alive.count() == 0 { None } else { Some(self.write(split, &alive).await?) };
        let marked = Marked { base: split.deletes.clone(), documents: documents.to_vec(), deletes, newly };
        self.marked.insert(split.id.clone(), marked.clone());
        Ok(Some(marked))
    }

    async fn write(&mut self, split: &SplitEntry, alive: &Alive) -> Result<Deletes, IndexError> {
        let content = alive.encode()?;
        let object = format!("{}-{}.deletes", split.id, Ulid::generate());
        let deletes = Deletes {
            object: object.clone(),
            documents: u64::from(alive.documents()) - alive.count(),
            size: content.len() as u64,
            crc32: crc32fast::hash(&content),
        };
        let key = deletes.key(self.index);
        // In the list before it is stored: if that fails half way, it is among those to remove.
        self.written.push(object);
        self.storage.put(&key, content, Precondition::Absent).await?;
        Ok(deletes)
    }

    /// Removes the objects that were written and are not in the manifest: those of tries that failed.
    pub(crate) async fn remove_unused(&self, manifest: Option<&Manifest>) {
        let used: Vec<String> = manifest.map(|manifest| manifest.objects().collect()).unwrap_or_default();
        let unused = self.written.iter().filter(|object| !used.contains(object));
        remove_objects(self.storage, unused.map(|object| format!("{}{object}", splits_prefix(self.index)))).await;
    }
}
