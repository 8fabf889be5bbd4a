//! Merging splits: fewer and larger ones are faster to search, and deleted documents cost until they are dropped.

mod combine;
mod plan;
mod replace;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use combine::combine;
use plan::plan;
use quidditch_index::format::{Manifest, SplitEntry, describe_deletes, split_key};
use quidditch_index::{IndexError, check_index_name};
use quidditch_storage::{Precondition, Storage};
use replace::{Replacement, Source};

use crate::commit::{CommitError, commit, remove_objects};
use crate::deletes::{Alive, load_deletes};
use crate::whole_split::read_whole_split;

/// How splits are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeOptions {
    /// How much is merged. By default what is worth it.
    pub effort: MergeEffort,
    /// Most documents of a merged split. By default 5 million, so that searches have splits to work on in parallel.
    pub split_documents: u64,
    /// Most bytes of a merged split, about. By default 1 GiB: merging needs twice this in memory.
    pub split_bytes: u64,
    /// A split of which more than this many percent of the documents are deleted is written anew. By default 20: until then,
    /// reading around them costs less than writing the others.
    pub deleted_percent: u64,
}

/// How much is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeEffort {
    /// Splits whose merging is worth its work: none that are half as large as they may become, and none with others that are
    /// smaller all together. So each document is written only a few times in its life, however often splits are merged.
    Balanced,
    /// As few splits as there can be.
    Full,
}

impl Default for MergeOptions {
    fn default() -> Self {
        MergeOptions {
            effort: MergeEffort::Balanced,
            split_documents: 5_000_000,
            split_bytes: 1 << 30,
            deleted_percent: 20,
        }
    }
}

/// What was merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MergeReport {
    /// Splits that are not part of the index any more.
    pub merged: usize,
    /// Splits in their place.
    pub written: usize,
    /// Size of the splits in their place, in bytes.
    pub bytes: u64,
    /// Deleted documents that are gone for good.
    pub dropped: u64,
    /// Merges that were in vain, as others had changed the same splits.
    pub given_up: usize,
}

/// How far the work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeProgress {
    /// Splits that were merged.
    pub merged: usize,
    /// Splits that are still to be merged.
    pub left: usize,
}

/// Merges splits of an index. Splits that others add meanwhile are left as they are; documents that others delete meanwhile
/// stay deleted.
///
/// `progress` is called before each merge.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Contention`], [`IndexError::Damaged`],
/// [`IndexError::Storage`]. After each, the index has all its documents, some of them perhaps in merged splits.
pub async fn merge_splits(
    storage: &Arc<dyn Storage>,
    index: &str,
    options: &MergeOptions,
    mut progress: impl FnMut(MergeProgress),
) -> Result<MergeReport, IndexError> {
    check_index_name(index)?;
    let (mut manifest, _) = Manifest::read(storage, index).await?;
    let index_id = manifest.id.clone();
    let mut known: HashSet<String> = manifest.splits.iter().map(|split| split.id.clone()).collect();
    let mut report = MergeReport::default();
    loop {
        let groups = plan(&manifest.splits, options, |split| known.contains(&split.id));
        let Some(group) = groups.first().cloned() else { return Ok(report) };
        progress(MergeProgress { merged: report.merged, left: groups.iter().map(ExactSizeIterator::len).sum() });
        let merge = Merge { storage, index, manifest: &manifest, splits: &manifest.splits[group] };
        match merge.run().await? {
            // What was merged is not merged again, so this ends.
            Some(merged) => {
                for split in merge.splits {
                    known.remove(&split.id);
                }
                report.merged += merge.splits.len();
                report.written += merged.written;
                report.bytes += merged.bytes;
                report.dropped += merged.dropped;
            }
            // At least one of the known splits is not in the manifest any more, so this ends, too.
            None => report.given_up += 1,
        }
        (manifest, _) = Manifest::read(storage, index).await?;
        manifest.check_id(&index_id, index)?;
    }
}

/// One merge.
struct Merge<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    manifest: &'a Manifest,
    splits: &'a [SplitEntry],
}

/// What one merge has done.
struct Merged {
    written: usize,
    bytes: u64,
    dropped: u64,
}

impl Merge<'_> {
    /// `None` where it was in vain.
    async fn run(&self) -> Result<Option<Merged>, IndexError> {
        let mut sources = Vec::with_capacity(self.splits.len());
        let mut splits = Vec::with_capacity(self.splits.len());
        for entry in self.splits {
            let mut split = read_whole_split(self.storage, self.index, entry).await?;
            let deletes = load_deletes(self.storage, self.index, entry).await?;
            let alive = Alive::of(self.index, entry, deletes.clone())?;
            if let (Some(deletes), Some(content)) = (&entry.deletes, deletes) {
                let name = describe_deletes(&mut split.segment, deletes);
                split.files.push((name, content));
            }
            sources.push(Source { entry: entry.clone(), alive });
            splits.push(split);
        }
        let (entry, bytes) = combine(&self.manifest.mapping, splits)?;
        let key = split_key(self.index, &entry.id);
        let size = entry.size;
        let mut replacement = Replacement::new(self.storage, self.index, &self.manifest.id, sources, entry);
        if let Err(error) = self.storage.put(&key, bytes, Precondition::Absent).await {
            remove_objects(self.storage, [key]).await;
            return Err(error.into());
        }
        match commit(self.storage, self.index, &mut replacement).await {
            Ok(manifest) => {
                replacement.remove_unused(Some(&manifest)).await;
                if replacement.was_in_vain() {
                    remove_objects(self.storage, [key]).await;
                    return Ok(None);
                }
                let is_written = manifest.splits.iter().any(|split| split.id == replacement.target().id);
                let dropped = self.splits.iter().map(SplitEntry::deleted).sum();
                Ok(Some(Merged { written: usize::from(is_written), bytes: if is_written { size } else { 0 }, dropped }))
            }
            Err(CommitError::NotWritten(error)) => {
                replacement.remove_unused(None).await;
                remove_objects(self.storage, [key]).await;
                Err(error)
            }
            Err(CommitError::Unknown(error)) => Err(error),
        }
    }
}
