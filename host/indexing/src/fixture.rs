//! Indices for tests.

mod crashing;
mod forgetful;
mod hooked;

use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) use crashing::Crashing;
pub(crate) use forgetful::Forgetful;
pub(crate) use hooked::Hooked;
use quidditch_index::Mapping;
use quidditch_index::format::{Manifest, splits_prefix};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::Value as Json;
use tantivy::DocAddress;

use crate::test_index::TestIndex;
use crate::{AddOptions, AddReport, add_documents, create_index};

/// The index that tests work with.
pub(crate) const INDEX: &str = "cities";

/// A store in memory with an empty index.
pub(crate) async fn store_with_index(mapping: Json) -> Arc<dyn Storage> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    create_index(&storage, INDEX, &Mapping::from_json(&mapping).expect("valid")).await.expect("made");
    storage
}

/// Adds documents, at most so many to a split.
pub(crate) async fn add_in_splits(storage: &Arc<dyn Storage>, split_documents: u32, lines: &str) -> AddReport {
    let options = AddOptions { split_documents, ..AddOptions::default() };
    add_documents(storage, INDEX, lines.as_bytes(), &options, |_| ()).await.expect("added")
}

/// Adds documents to a new split.
pub(crate) async fn add(storage: &Arc<dyn Storage>, lines: &str) -> AddReport {
    add_in_splits(storage, u32::MAX, lines).await
}

/// All documents that searches find, each with its source.
pub(crate) async fn documents(storage: &Arc<dyn Storage>) -> BTreeMap<String, String> {
    let snapshot = TestIndex::open(storage, INDEX).await.expect("readable");
    let mut documents = BTreeMap::new();
    for (ordinal, segment) in snapshot.searcher().segment_readers().iter().enumerate() {
        for document in segment.doc_ids_alive() {
            let stored = snapshot.stored(DocAddress::new(ordinal as u32, document)).expect("stored");
            assert_eq!(documents.insert(stored.id.clone(), stored.source), None, "{} is there twice", stored.id);
        }
    }
    assert_eq!(documents.len() as u64, snapshot.documents());
    documents
}

/// The manifest.
pub(crate) async fn manifest(storage: &Arc<dyn Storage>) -> Manifest {
    Manifest::read(storage, INDEX).await.expect("readable").0
}

/// The names of all objects beside the manifest.
pub(crate) async fn objects(storage: &Arc<dyn Storage>) -> Vec<String> {
    let prefix = splits_prefix(INDEX);
    let entries = storage.list(&prefix).await.expect("listed");
    entries.into_iter().map(|entry| entry.key[prefix.len()..].to_owned()).collect()
}
