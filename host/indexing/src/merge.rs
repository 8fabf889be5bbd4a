//! Merging splits: fewer and larger splits are faster to search, and deleted documents cost time and space until they are dropped.

mod combine;
mod due;
mod nested_deletes;
mod options;
mod plan;
mod replace;
mod split_size;
#[cfg(test)]
mod tests;
mod tiers;

use std::collections::HashSet;

use combine::combine;
pub(crate) use due::is_merge_due;
use nested_deletes::remove_nested;
pub use options::{MergeEffort, MergeOptions};
use plan::plan;
use quidditch_index::SplitId;
use quidditch_index::format::{Manifest, SplitEntry, describe_deletes, split_key};
use quidditch_storage::Precondition;
use replace::{Outcome, Replacement, Source};
use tantivy::directory::OwnedBytes;

use crate::commit::CommitError;
use crate::deletes::{AliveDocuments, load_deletes};
use crate::whole_split::read_whole_split;
use crate::{IndexWriter, IndexingError};

/// The result of merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MergeReport {
    /// Splits that were merged, and are no longer part of the index.
    pub merged: usize,
    /// Splits that replaced them.
    pub written: usize,
    /// Size of the splits that replaced them, in bytes.
    pub bytes: u64,
    /// Deleted documents that were dropped.
    pub dropped: u64,
    /// Merges that were discarded because of concurrent changes of the same splits.
    pub discarded: usize,
}

/// The progress of merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeProgress {
    /// Splits that were merged.
    pub merged: usize,
    /// Splits that are still to be merged.
    pub left: usize,
}

impl IndexWriter {
    /// Merges splits of the index. Splits that other writers add in the meantime are left as they are; documents that they
    /// delete in the meantime stay deleted.
    ///
    /// Merging blocks the thread that polls the future.
    ///
    /// `progress` is called before each merge.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexingError::Contention`], [`IndexError::Damaged`], [`IndexError::Storage`]. After each, the
    /// index has all its documents, some of them perhaps in merged splits.
    ///
    /// [`IndexError::NotFound`]: quidditch_index::IndexError::NotFound
    /// [`IndexError::Damaged`]: quidditch_index::IndexError::Damaged
    /// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
    pub async fn merge_splits(
        &self,
        options: &MergeOptions,
        mut progress: impl FnMut(MergeProgress),
    ) -> Result<MergeReport, IndexingError> {
        let (mut manifest, _) = Manifest::read(self.storage(), self.index()).await?;
        let index_id = manifest.id.clone();
        let mut known: HashSet<SplitId> = manifest.splits.iter().map(|split| split.id.clone()).collect();
        let mut report = MergeReport::default();
        loop {
            let groups = plan(&manifest.splits, options, |split| known.contains(&split.id));
            let Some(group) = groups.first().cloned() else {
                self.combine_footers(&manifest).await;
                return Ok(report);
            };
            progress(MergeProgress { merged: report.merged, left: groups.iter().map(ExactSizeIterator::len).sum() });
            let merge = Merge { writer: self, manifest: &manifest, splits: &manifest.splits[group] };
            match merge.run().await? {
                // Its splits are not merged again, so this ends.
                Some(merged) => {
                    for split in merge.splits {
                        known.remove(&split.id);
                    }
                    report.merged += merge.splits.len();
                    report.written += merged.written;
                    report.bytes += merged.bytes;
                    report.dropped += merged.dropped;
                }
                // At least one of the known splits is no longer in the manifest, so this ends, too.
                None => report.discarded += 1,
            }
            (manifest, _) = Manifest::read(self.storage(), self.index()).await?;
            manifest.check_id(&index_id, self.index())?;
        }
    }
}

/// One merge.
struct Merge<'a> {
    writer: &'a IndexWriter,
    manifest: &'a Manifest,
    splits: &'a [SplitEntry],
}

/// The result of one merge.
struct Merged {
    written: usize,
    bytes: u64,
    dropped: u64,
}

impl Merge<'_> {
    /// `None` if the merged split was discarded, as other writers had changed the same splits.
    async fn run(&self) -> Result<Option<Merged>, IndexingError> {
        let (storage, index) = (self.writer.storage(), self.writer.index());
        let mut sources = Vec::with_capacity(self.splits.len());
        let mut splits = Vec::with_capacity(self.splits.len());
        for entry in self.splits {
            let mut split = read_whole_split(storage, index, entry).await?;
            let deletes = load_deletes(storage, index, entry).await?;
            let mut alive = AliveDocuments::from_deletes(index, entry, deletes.clone())?;
            if let (Some(deletes), Some(content)) = (&entry.deletes, deletes) {
                let (mut deletes, mut content) = (deletes.clone(), content);
                if entry.nested > 0 {
                    remove_nested(&self.manifest.mapping, &split, &mut alive)?;
                    deletes.documents = entry.documents - alive.count();
                    content = OwnedBytes::new(alive.encode()?.to_vec());
                }
                let name = describe_deletes(&mut split.segment, &deletes);
                split.files.push((name, content));
            }
            sources.push(Source { entry: entry.clone(), alive });
            splits.push(split);
        }
        let (entry, bytes) = combine(self.writer.new_split_id(), &self.manifest.mapping, splits)?;
        let (key, object, size) = (split_key(index, &entry.id), entry.object(), entry.size);
        let mut replacement = Replacement::new(self.writer, &self.manifest.id, sources, entry);
        if let Err(error) = storage.put(&key, bytes, Precondition::Absent).await {
            self.writer.remove_objects(vec![object]).await;
            return Err(error.into());
        }
        match self.writer.commit(&mut replacement).await {
            Ok(manifest) => {
                replacement.remove_unused(Some(&manifest)).await;
                if replacement.outcome() == Outcome::Discarded {
                    self.writer.remove_objects(vec![object]).await;
                    return Ok(None);
                }
                let is_written = manifest.splits.iter().any(|split| split.id == replacement.target().id);
                let dropped = self.splits.iter().map(SplitEntry::deleted).sum();
                Ok(Some(Merged { written: usize::from(is_written), bytes: if is_written { size } else { 0 }, dropped }))
            }
            Err(CommitError::NotWritten(error)) => {
                replacement.remove_unused(None).await;
                self.writer.remove_objects(vec![object]).await;
                Err(error)
            }
            Err(CommitError::Unknown(error)) => Err(error),
        }
    }
}
