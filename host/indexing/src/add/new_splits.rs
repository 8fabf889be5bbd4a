//! Making new splits part of an index.

use std::collections::HashMap;
use std::time::Duration;

use quidditch_index::format::{Manifest, SplitEntry, split_key};
use quidditch_index::{Damage, IndexError, SplitId};
use quidditch_storage::StorageError;
use tantivy::DocId;

use super::seq_nos::SeqNos;
use crate::commit::{Change, CommitError};
use crate::deletes::{DeleteWriter, IdLookup};
use crate::{IndexWriter, IndexingError};

/// The age from which a split might have been removed by a garbage collection with too short a grace period: the commit checks
/// that it still exists. For younger splits that would be a needless request.
const CHECK_AFTER: Duration = Duration::from_secs(10 * 60);

/// A split that is stored, but not in the manifest yet.
pub(super) struct NewSplit {
    pub(super) entry: SplitEntry,
    /// When it was stored, in milliseconds since 1970.
    pub(super) stored_at: i64,
}

/// Splits that are to become part of an index, and whose documents replace others.
pub(super) struct NewSplits<'a> {
    pub(super) index_id: &'a str,
    pub(super) splits: &'a [NewSplit],
    /// Documents of the new splits that are replaced by others of them, by split.
    pub(super) replaced: HashMap<SplitId, Vec<DocId>>,
    /// The ids that documents contained.
    pub(super) ids: Vec<&'a str>,
    pub(super) seq_nos: SeqNos,
}

/// The result of committing new splits.
pub(super) struct Committed {
    /// Number of documents that were replaced, including those of new splits.
    pub(super) replaced: u64,
    /// The new splits that are part of the index. A split all of whose documents were replaced is not.
    pub(super) splits: Vec<SplitEntry>,
}

impl NewSplits<'_> {
    /// Adds the splits to the manifest, and deletes the documents that they replace. If that fails, the splits are removed.
    pub(super) async fn commit(self, writer: &IndexWriter) -> Result<Committed, IndexingError> {
        let new_splits = self.splits;
        let lookup = IdLookup::new(writer, self.ids.clone());
        let deletes = DeleteWriter::new(writer);
        let mut adding = AddSplits { writer, new: self, lookup, deletes, replaced: 0 };
        match writer.commit(&mut adding).await {
            Ok(manifest) => {
                adding.deletes.remove_unused(Some(&manifest)).await;
                writer.combine_footers(&manifest).await;
                let is_new = |entry: &SplitEntry| new_splits.iter().any(|split| split.entry.id == entry.id);
                let splits = manifest.splits.into_iter().filter(is_new).collect();
                Ok(Committed { replaced: adding.replaced, splits })
            }
            Err(CommitError::NotWritten(error)) => {
                adding.deletes.remove_unused(None).await;
                remove_splits(writer, new_splits).await;
                Err(error)
            }
            Err(CommitError::Unknown(error)) => Err(error),
        }
    }
}

/// Removes splits that no manifest lists.
pub(super) async fn remove_splits(writer: &IndexWriter, splits: &[NewSplit]) {
    writer.remove_objects(splits.iter().map(|split| split.entry.object()).collect()).await;
}

struct AddSplits<'a> {
    writer: &'a IndexWriter,
    new: NewSplits<'a>,
    lookup: IdLookup<'a>,
    deletes: DeleteWriter<'a>,
    /// By the last attempt.
    replaced: u64,
}

impl Change for AddSplits<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        manifest.check_id(self.new.index_id, self.writer.index())?;
        self.check_old_splits().await?;
        let mut replaced = self.lookup.find(manifest).await?;
        replaced.extend(self.new.replaced.iter().map(|(split, documents)| (split.clone(), documents.clone())));
        self.new.seq_nos.record(manifest);
        manifest.splits.extend(self.new.splits.iter().map(|split| split.entry.clone()));
        self.replaced = self.deletes.delete(manifest, &replaced).await?;
        Ok(())
    }
}

impl AddSplits<'_> {
    async fn check_old_splits(&self) -> Result<(), IndexError> {
        let now = self.writer.now_millis();
        for split in self.new.splits {
            if now - split.stored_at < CHECK_AFTER.as_millis() as i64 {
                continue;
            }
            let key = split_key(self.writer.index(), &split.entry.id);
            match self.writer.storage().head(&key).await {
                Ok(_) => {}
                Err(StorageError::NotFound { .. }) => {
                    return Err(IndexError::damaged(
                        key,
                        Damage::corrupt("removed before it became part of the index"),
                    ));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
