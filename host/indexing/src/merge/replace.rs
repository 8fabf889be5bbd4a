//! Putting a merged split in the place of others.

use std::collections::HashMap;
use std::sync::Arc;

use quidditch_index::IndexError;
use quidditch_index::format::{Manifest, SplitEntry};
use quidditch_storage::Storage;
use tantivy::DocId;

use crate::commit::{Change, unix_millis};
use crate::deletes::{Alive, Marker};

/// A split that was merged into another.
pub(super) struct Source {
    /// What the manifest said of it then.
    pub(super) entry: SplitEntry,
    /// Its documents that were not deleted then: they are the ones that are in the merged split, in this order.
    pub(super) alive: Alive,
}

/// A merged split on its way into the manifest.
pub(super) struct Replacement<'a> {
    storage: &'a Arc<dyn Storage>,
    index: &'a str,
    index_id: &'a str,
    sources: Vec<Source>,
    target: SplitEntry,
    marker: Marker<'a>,
    in_vain: bool,
}

impl<'a> Replacement<'a> {
    pub(super) fn new(
        storage: &'a Arc<dyn Storage>,
        index: &'a str,
        index_id: &'a str,
        sources: Vec<Source>,
        target: SplitEntry,
    ) -> Self {
        let marker = Marker::new(storage, index);
        Replacement { storage, index, index_id, sources, target, marker, in_vain: false }
    }

    /// Whether the manifest was left as it is, since a source is not in it any more.
    pub(super) fn was_in_vain(&self) -> bool {
        self.in_vain
    }

    pub(super) fn target(&self) -> &SplitEntry {
        &self.target
    }

    /// As [`Marker::remove_unused`].
    pub(super) async fn remove_unused(&self, manifest: Option<&Manifest>) {
        self.marker.remove_unused(manifest).await;
    }

    /// Documents of the merged split that have been deleted in the sources since.
    async fn deleted_since(&self, now: &[SplitEntry]) -> Result<Vec<DocId>, IndexError> {
        let mut deleted = Vec::new();
        let mut first = 0;
        for (source, now) in self.sources.iter().zip(now) {
            if now.deletes != source.entry.deletes {
                let alive = Alive::load(self.storage, self.index, now).await?;
                let numbered = (first..).zip(source.alive.iter());
                deleted.extend(numbered.filter(|(_, old)| !alive.contains(*old)).map(|(new, _)| new));
            }
            first += DocId::try_from(source.alive.count()).expect("no split has more documents");
        }
        Ok(deleted)
    }
}

impl Change for Replacement<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexError> {
        manifest.check_id(self.index_id, self.index)?;
        let place_of = |source: &Source| manifest.splits.iter().position(|split| split.id == source.entry.id);
        let Some(places) = self.sources.iter().map(place_of).collect::<Option<Vec<usize>>>() else {
            self.in_vain = true;
            return Ok(());
        };
        let sources: Vec<SplitEntry> = places.iter().map(|place| manifest.splits[*place].clone()).collect();
        let deleted = self.deleted_since(&sources).await?;
        // They were neighbours, and nobody puts splits between others.
        manifest.splits[places[0]] = self.target.clone();
        manifest.splits.retain(|split| sources.iter().all(|source| source.id != split.id));
        let now = unix_millis();
        for source in sources {
            manifest.retire(source.object(), now);
            if let Some(deletes) = source.deletes {
                manifest.retire(deletes.object, now);
            }
        }
        self.marker.mark(manifest, &HashMap::from([(self.target.id.clone(), deleted)]), now).await?;
        Ok(())
    }
}
