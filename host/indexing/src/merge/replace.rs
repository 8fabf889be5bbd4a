//! Replacing splits by the split that they were merged into.

use std::collections::HashMap;

use quidditch_index::IndexError;
use quidditch_index::format::{Manifest, SplitEntry};
use tantivy::DocId;

use crate::commit::Change;
use crate::deletes::{AliveDocuments, DeleteWriter};
use crate::{IndexWriter, IndexingError};

/// A split that was merged into another one.
pub(super) struct Source {
    /// Its entry in the manifest when it was read.
    pub(super) entry: SplitEntry,
    /// Its documents that were not deleted then: they are in the merged split, in this order.
    pub(super) alive: AliveDocuments,
}

/// The change that replaces the sources of a merge by the merged split.
pub(super) struct Replacement<'a> {
    writer: &'a IndexWriter,
    index_id: &'a str,
    sources: Vec<Source>,
    target: SplitEntry,
    deletes: DeleteWriter<'a>,
    outcome: Outcome,
}

/// The outcome of the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Replaced,
    /// The manifest was left as it is, since it no longer lists one of the sources.
    Discarded,
}

impl<'a> Replacement<'a> {
    pub(super) fn new(writer: &'a IndexWriter, index_id: &'a str, sources: Vec<Source>, target: SplitEntry) -> Self {
        let deletes = DeleteWriter::new(writer);
        Replacement { writer, index_id, sources, target, deletes, outcome: Outcome::Replaced }
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub(super) fn target(&self) -> &SplitEntry {
        &self.target
    }

    /// As [`DeleteWriter::remove_unused`].
    pub(super) async fn remove_unused(&self, manifest: Option<&Manifest>) {
        self.deletes.remove_unused(manifest).await;
    }

    /// Documents of the merged split that were deleted in the sources after they were read.
    async fn deleted_since(&self, current: &[SplitEntry]) -> Result<Vec<DocId>, IndexError> {
        let mut deleted = Vec::new();
        let mut first = 0;
        for (source, current) in self.sources.iter().zip(current) {
            if current.deletes != source.entry.deletes {
                let alive = AliveDocuments::load(self.writer.storage(), self.writer.index(), current).await?;
                let numbered = (first..).zip(source.alive.iter());
                deleted.extend(numbered.filter(|(_, old)| !alive.contains(*old)).map(|(new, _)| new));
            }
            first += DocId::try_from(source.alive.count())
                .expect("a split has at most as many documents as DocId can number");
        }
        Ok(deleted)
    }
}

impl Change for Replacement<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        manifest.check_id(self.index_id, self.writer.index())?;
        let index_of = |source: &Source| manifest.splits.iter().position(|split| split.id == source.entry.id);
        let Some(indices) = self.sources.iter().map(index_of).collect::<Option<Vec<usize>>>() else {
            self.outcome = Outcome::Discarded;
            return Ok(());
        };
        let sources: Vec<SplitEntry> = indices.iter().map(|index| manifest.splits[*index].clone()).collect();
        let deleted = self.deleted_since(&sources).await?;
        // The sources were adjacent, and still are: new splits are only added at the end.
        manifest.splits[indices[0]] = self.target.clone();
        manifest.splits.retain(|split| sources.iter().all(|source| source.id != split.id));
        let now = self.writer.now_millis();
        for source in sources {
            manifest.retire(source.object(), now);
            if let Some(deletes) = source.deletes {
                manifest.retire(deletes.object, now);
            }
        }
        self.deletes.delete(manifest, &HashMap::from([(self.target.id.clone(), deleted)])).await?;
        Ok(())
    }
}
