//! Indices for tests.

mod faults;
mod test_index;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use faults::{Crash, crashing, ignoring_preconditions, interrupted, lost_responses};
use quidditch_clock::{Clock, ManualClock};
use quidditch_index::format::{FooterPosition, Manifest, SplitEntry, splits_prefix};
use quidditch_index::{DocumentId, Mapping};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Value as Json, json};
pub(crate) use test_index::TestIndex;

use crate::{AddOptions, AddReport, IndexWriter, create_index, verify_index};

/// The index of the tests.
pub(crate) const INDEX: &str = "cities";

/// A store in memory.
pub(crate) fn memory() -> Arc<dyn Storage> {
    Arc::new(MemoryStorage::new())
}

/// A store in memory with an empty index.
pub(crate) async fn store_with_index(mapping: Json) -> Arc<dyn Storage> {
    let storage = memory();
    create_index(&storage, INDEX, &Mapping::from_json(&mapping).expect("valid")).await.expect("created");
    storage
}

/// A clock of its own, which stands still except when the writer pauses.
pub(crate) fn writer(storage: &Arc<dyn Storage>) -> IndexWriter {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    writer_at(storage, &clock)
}

pub(crate) fn writer_at(storage: &Arc<dyn Storage>, clock: &Arc<dyn Clock>) -> IndexWriter {
    IndexWriter::new(storage, clock, INDEX).expect("a valid name")
}

/// The entry of a split that does not exist.
pub(crate) fn split_entry(id: usize, size: u64, documents: u64) -> SplitEntry {
    SplitEntry {
        id: id.to_string().into(),
        size,
        documents,
        nested: 0,
        footer: FooterPosition { offset: 0, length: size },
        ranges: BTreeMap::new(),
        ids: None,
        statistics: None,
        deletes: None,
    }
}

/// Adds documents, at most this many to a split.
pub(crate) async fn add_in_splits(storage: &Arc<dyn Storage>, split_documents: u32, lines: &str) -> AddReport {
    let options = AddOptions { split_documents, ..AddOptions::default() };
    writer(storage).add_documents(lines.as_bytes(), &options, |_| ()).await.expect("added")
}

/// Adds documents to a new split.
pub(crate) async fn add(storage: &Arc<dyn Storage>, lines: &str) -> AddReport {
    add_in_splits(storage, u32::MAX, lines).await
}

/// Deletes documents by their ids.
pub(crate) async fn delete(storage: &Arc<dyn Storage>, ids: &[&str]) -> u64 {
    writer(storage).delete_ids(ids).await.expect("deleted")
}

/// All documents that searches find, with their sources, by `_id`.
pub(crate) async fn documents(storage: &Arc<dyn Storage>) -> BTreeMap<String, String> {
    let index = TestIndex::open(storage, INDEX).await.expect("readable");
    let mut documents = BTreeMap::new();
    for (id, stored) in index.documents_by_id() {
        assert_eq!(documents.insert(stored.id, stored.source), None, "{id:?} has the _id of another document");
    }
    assert_eq!(documents.len() as u64, index.documents());
    documents
}

/// The documents of an index whose `_id` matches.
pub(crate) fn matching(index: &TestIndex, matches: impl Fn(&str) -> bool) -> Vec<DocumentId> {
    index.documents_by_id().into_iter().filter(|(_, stored)| matches(&stored.id)).map(|(id, _)| id).collect()
}

/// Documents with unevenly distributed words.
pub(crate) fn town_lines(count: usize) -> String {
    (0..count)
        .map(|number| {
            let words = ["old", "new", "big", "town"].iter().enumerate();
            let words: Vec<_> = words.filter(|(index, _)| (number >> index) % 3 != 1).map(|(_, word)| *word).collect();
            format!("{}\n", json!({"_id": format!("{number:04}"), "name": words.join(" "), "n": number}))
        })
        .collect()
}

/// The manifest.
pub(crate) async fn manifest(storage: &Arc<dyn Storage>) -> Manifest {
    Manifest::read(storage, INDEX).await.expect("readable").0
}

/// The names of all objects in the folder of splits.
pub(crate) async fn objects(storage: &Arc<dyn Storage>) -> Vec<String> {
    let prefix = splits_prefix(INDEX);
    let entries = storage.list(&prefix).await.expect("listed");
    entries.into_iter().map(|entry| entry.key[prefix.len()..].to_owned()).collect()
}

/// Asserts that verifying finds no problem.
pub(crate) async fn assert_sound(storage: &Arc<dyn Storage>) {
    let report = verify_index(storage, INDEX, |_| ()).await.expect("readable");
    assert_eq!(report.problems, []);
}

/// An error and its causes, as a command prints them.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
