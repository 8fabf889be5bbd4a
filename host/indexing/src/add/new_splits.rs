//! Making new splits part of an index.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use quidditch_index::IndexError;
use quidditch_index::format::{Manifest, SplitEntry, split_key};
use quidditch_storage::{Storage, StorageError};
use tantivy::DocId;

use crate::commit::{Change, CommitError, commit, remove_objects, unix_millis};
use crate::deletes::{Marker, Search};

/// From when on a split may have been taken for garbage, by a collection that waits too short a time: it is looked for before
/// the manifest names it. Until then, that would be a request for nothing.
const LOOK_AFTER: Duration = Duration::from_secs(10 * 60);

/// A split that is stored, but not in the manifest yet.
pub(super) struct NewSplit {
    pub(super) entry: SplitEntry,
    /// When it was stored, in milliseconds since 1970.
    pub(super) stored_at: i64,
}

/// Splits that become part of an index, and whose documents replace others.
pub(super) struct NewSplits<'a> {
    pub(super) index_id: &'a str,
    pub(super) splits: &'a [NewSplit],
    /// Documents of the new splits that others of them replace, by split.
    pub(super) replaced: HashMap<String, Vec<DocId>>,
    /// The ids that documents came with, sorted.
    pub(super) ids: Vec<&'a str>,
}

/// What became of new splits.
pub(super) struct Committed {
    /// How many documents were replaced, also those of new splits.
    pub(super) replaced: u64,
    /// Those that are part of the index. A split without a document that is left is not.
    pub(super) splits: Vec<SplitEntry>,
}

impl NewSplits<'_> {
    /// Puts the splits into the manifest, and marks the documents that they replace. If that is impossible, the splits are
    /// removed.
    pub(super) async fn commit(self, storage: &Arc<dyn Storage>, index: &str) -> Result<Committed, IndexError> {
        let new_splits = self.splits;
        let search = Search::new(storage, index, self.ids.clone());
        let marker = Marker::new(storage, index);
        let mut adding = Adding { storage, index, new: self, search, marker, replaced: 0 };
        match commit(storage, index, &mut adding).await {
            Ok(manifest) => {
                adding.marker.remove_unused(Some(&manifest)).await;
                let is_new = |entry: &SplitEntry| new_splits.iter().any(|split| split.entry.id == entry.id);
                let splits = manifest.splits.into_iter().filter(is_new).collect();
                Ok(Committed { replaced: adding.replaced, splits })
            }
            Err(CommitError::NotWritten(error)) => {
                adding.marker.remove_unused(None).await;
                remove_splits(storage, index, new_splits).await;
                Err(error)
            }
            Err(CommitError::Unknown(error)) => Err(error),
        }
    }
}

/// Removes splits that no manifest names.
pub(super) async fn remove_splits(storage: &Arc<dyn Storage>, index: &str, splits: &[NewSplit]) {
    remove_objects(storage, splits.iter().map(|split| split_key(index, &split.entry.id))).await;
}

struct Adding<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    new: NewSplits<'a>,
    search: Search<'a>,
    marker: Marker<'a>,
    /// By the last try.
    replaced: u64,
}

impl Change for Adding<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexError> {
        manifest.check_id(self.new.index_id, self.index)?;
        let now = unix_millis();
        self.check_old_splits(now).await?;
        let mut replaced = self.search.in_splits_of(manifest).await?;
        replaced.extend(self.new.replaced.iter().map(|(split, documents)| (split.clone(), documents.clone())));
        manifest.splits.extend(self.new.splits.iter().map(|split| split.entry.clone()));
        self.replaced = self.marker.mark(manifest, &replaced, now).await?;
        Ok(())
    }
}

impl Adding<'_> {
    async fn check_old_splits(&self, now: i64) -> Result<(), IndexError> {
        for split in self.new.splits {
            if now - split.stored_at < LOOK_AFTER.as_millis() as i64 {
                continue;
            }
            let key = split_key(self.index, &split.entry.id);
            match self.storage.head(&key).await {
                Ok(_) => {}
                Err(StorageError::NotFound { .. }) => {
                    let what = "it was removed before it became part of the index".to_owned();
                    return Err(IndexError::Damaged { object: key, what });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
