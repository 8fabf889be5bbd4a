//! The documents that operations are about, as they are.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use quidditch_index::format::{ID, Manifest};
use quidditch_index::{Cost, IndexError, ReadSession, Revision, Revisions, Snapshot, SplitId, SplitReader, View};
use quidditch_storage::Version;
use tantivy::{DocAddress, DocId};

use crate::deletes::{find, possible_ids};

/// What writes of an index keep from one to the next, so that they need not read it again. Writes of different indices need
/// different ones.
pub struct WriteCache {
    reader: Arc<SplitReader>,
    /// The index as it was looked at last.
    snapshot: Mutex<Option<Arc<Snapshot>>>,
}

impl fmt::Debug for WriteCache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WriteCache").finish_non_exhaustive()
    }
}

/// The documents with an `_id`: one, unless the index is damaged.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) documents: Vec<(SplitId, DocId)>,
    /// Of the last one.
    pub(super) revision: Revision,
    /// Its JSON text, if it is wanted.
    pub(super) source: Option<Bytes>,
}

impl WriteCache {
    /// An empty one for an index that is read by `reader`.
    pub fn new(reader: &Arc<SplitReader>) -> Self {
        WriteCache { reader: Arc::clone(reader), snapshot: Mutex::default() }
    }

    pub(super) fn reader(&self) -> &Arc<SplitReader> {
        &self.reader
    }

    /// The index that a manifest describes. Splits that were opened before are not opened again.
    fn snapshot(&self, index: &str, manifest: &Manifest) -> Arc<Snapshot> {
        let mut kept = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        let version = Version::new(manifest.change.as_str());
        if let Some(kept) = kept.as_ref().filter(|kept| *kept.version() == version) {
            return Arc::clone(kept);
        }
        let mut snapshot = Snapshot::from_manifest(&self.reader, index, manifest.clone(), version);
        if let Some(kept) = kept.as_ref() {
            snapshot = snapshot.with_opened_of(kept);
        }
        let snapshot = Arc::new(snapshot);
        *kept = Some(Arc::clone(&snapshot));
        snapshot
    }
}

/// Finds documents by their ids.
pub(super) struct CurrentLookup<'a> {
    cache: &'a WriteCache,
    index: &'a str,
    /// Sorted.
    ids: Vec<&'a str>,
    with_source: HashSet<&'a str>,
}

impl<'a> CurrentLookup<'a> {
    /// Looks for `ids`, and reads the documents of those in `with_source`.
    pub(super) fn new(
        cache: &'a WriteCache,
        index: &'a str,
        ids: HashSet<&'a str>,
        with_source: HashSet<&'a str>,
    ) -> Self {
        let mut ids: Vec<&str> = ids.into_iter().collect();
        ids.sort_unstable();
        CurrentLookup { cache, index, ids, with_source }
    }

    /// The documents in the index that a manifest describes, without deleted ones.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub(super) async fn find(&self, manifest: &Manifest) -> Result<HashMap<&'a str, Current>, IndexError> {
        let splits = manifest.splits.iter().enumerate();
        let selected: Vec<usize> =
            splits.filter(|(_, split)| !possible_ids(split, &self.ids).is_empty()).map(|(number, _)| number).collect();
        if selected.is_empty() {
            return Ok(HashMap::new());
        }
        let snapshot = self.cache.snapshot(self.index, manifest);
        let reads = ReadSession::new(self.cache.reader(), &Arc::new(Cost::default()));
        let view = snapshot.view(&selected, &reads).await?;
        reads.run(|| self.in_view(manifest, &view)).await
    }

    fn in_view(&self, manifest: &Manifest, view: &View) -> Result<HashMap<&'a str, Current>, IndexError> {
        let mut found = HashMap::new();
        let mut missing = None;
        for ordinal in 0..view.searcher().segment_readers().len() {
            // Every segment is searched, so that all missing bytes are known at once.
            if let Err(error) = self.in_segment(manifest, view, ordinal, &mut found) {
                missing = Some(error);
            }
        }
        missing.map_or(Ok(found), Err)
    }

    fn in_segment(
        &self,
        manifest: &Manifest,
        view: &View,
        ordinal: usize,
        found: &mut HashMap<&'a str, Current>,
    ) -> Result<(), IndexError> {
        let segment = &view.searcher().segment_readers()[ordinal];
        let split = &manifest.splits[view.split_of(ordinal)];
        let ids = &self.ids[possible_ids(split, &self.ids)];
        let mut documents = find(&*segment.inverted_index(ID)?, ids)?;
        documents.retain(|(_, document)| !segment.is_deleted(*document));
        if documents.is_empty() {
            return Ok(());
        }
        let revisions = Revisions::open(segment);
        let mut missing = None;
        for (number, document) in documents {
            let id = ids[number];
            let mut source = None;
            if self.with_source.contains(id) {
                match view.stored(DocAddress::new(ordinal as u32, document)) {
                    Ok(stored) => source = Some(Bytes::from(stored.source)),
                    Err(error) => missing = Some(error),
                }
            }
            let Ok(revisions) = &revisions else { continue };
            let revision = revisions.get(document);
            let current = found.entry(id).or_insert(Current { documents: Vec::new(), revision, source: None });
            current.documents.push((split.id.clone(), document));
            current.revision = revision;
            current.source = source;
        }
        revisions?;
        missing.map_or(Ok(()), Err)
    }
}
