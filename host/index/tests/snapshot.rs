//! Snapshots: pinned versions, names of documents, and the order of a view.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::{Clock, ManualClock};
use quidditch_index::{
    Cost, DocumentId, IndexError, Mapping, ReadSession, ReadSettings, Snapshot, SnapshotDocument, SplitReader, View,
};
use quidditch_indexing::{AddOptions, IndexWriter, create_index};
use quidditch_storage::{MemoryStorage, Storage, Version};
use tantivy::DocAddress;

const INDEX: &str = "cities";

/// A store with an index.
struct Fixture {
    storage: Arc<dyn Storage>,
    writer: IndexWriter,
}

impl Fixture {
    async fn new() -> Self {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        create_index(&storage, INDEX, &Mapping::default()).await.expect("created");
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let writer = IndexWriter::new(&storage, &clock, INDEX).expect("a valid name");
        Fixture { storage, writer }
    }

    /// Adds documents, two in each split.
    async fn add(&self, ids: impl IntoIterator<Item = u32>) {
        let lines: String = ids.into_iter().map(|id| format!("{{\"_id\": {id}}}\n")).collect();
        let options = AddOptions { split_documents: 2, ..AddOptions::default() };
        self.writer.add_documents(lines.as_bytes(), &options, |_| ()).await.expect("added");
    }

    /// A reader of its own, as another process has it.
    fn reader(&self) -> Arc<SplitReader> {
        Arc::new(SplitReader::new(Arc::clone(&self.storage), ReadSettings::default()))
    }

    async fn open(&self) -> Snapshot {
        Snapshot::open(&self.reader(), INDEX, &Cost::default()).await.expect("readable")
    }

    async fn open_at(&self, version: &Version) -> Result<Snapshot, IndexError> {
        Snapshot::open_at(&self.reader(), INDEX, version, &Cost::default()).await
    }
}

async fn view(snapshot: &Snapshot, splits: &[usize]) -> Arc<View> {
    let reads = ReadSession::new(snapshot.reader(), &Arc::new(Cost::default()));
    snapshot.view(splits, &reads).await.expect("readable")
}

/// The ids of all documents of a view by address, which are in memory, as the splits are small.
fn ids(view: &View) -> Vec<(DocAddress, String)> {
    let segments = view.searcher().segment_readers().iter().zip(0..);
    let addresses = segments
        .flat_map(|(segment, ordinal)| segment.doc_ids_alive().map(move |document| DocAddress::new(ordinal, document)));
    addresses.map(|address| (address, view.stored(address).expect("stored").id)).collect()
}

#[test]
fn a_version_is_opened_until_the_index_changes() {
    block_on(async {
        let fixture = Fixture::new().await;
        fixture.add(0..4).await;
        let first = fixture.open().await;
        // A version is sent to another process as a text.
        let version = Version::new(first.version().as_str());
        let second = fixture.open_at(&version).await.expect("it is the current version");
        assert_eq!((second.version(), second.splits(), second.documents()), (&version, 2, 4));

        fixture.writer.delete_ids(&["3"]).await.expect("deleted");
        let error = fixture.open_at(&version).await.expect_err("the index has changed");
        assert!(matches!(&error, IndexError::Changed { name, .. } if name == INDEX), "{error:?}");
        let text = error.to_string().replace(version.as_str(), "VERSION");
        insta::assert_snapshot!(text, @"index [cities] is no longer at version VERSION");
        assert!(fixture.open_at(fixture.open().await.version()).await.is_ok());
        fixture.storage.delete("cities/manifest.json").await.expect("deleted");
        assert!(matches!(fixture.open_at(&version).await, Err(IndexError::NotFound { .. })));
    });
}

#[test]
fn documents_have_the_same_names_in_all_snapshots() {
    block_on(async {
        let fixture = Fixture::new().await;
        fixture.add(0..4).await;
        let old = fixture.open().await;
        let ids_of = async |snapshot: &Snapshot| {
            let all: Vec<usize> = (0..snapshot.splits()).collect();
            let view = view(snapshot, &all).await;
            ids(&view).into_iter().map(|(address, id)| (snapshot.document_id(view.document(address)), id)).collect()
        };
        let old_ids: Vec<(DocumentId, String)> = ids_of(&old).await;

        // The first split is removed, so the second has another number.
        fixture.writer.delete_ids(&["0", "1"]).await.expect("deleted");
        fixture.add(4..5).await;
        let new = fixture.open().await;
        let new_ids: Vec<(DocumentId, String)> = ids_of(&new).await;
        assert_eq!(new_ids[..2], old_ids[2..]);

        let [first, _, third, _] = old_ids.as_slice() else { panic!("four documents") };
        let document = |split| SnapshotDocument { split, document: 0 };
        assert_eq!((old.document(&third.0), new.document(&third.0)), (Some(document(1)), Some(document(0))));
        assert_eq!((old.document(&first.0), new.document(&first.0)), (Some(document(0)), None));
        assert_eq!(old.document(&new_ids[2].0), None);
    });
}

#[test]
fn segments_have_the_order_of_splits_in_every_view() {
    block_on(async {
        let fixture = Fixture::new().await;
        fixture.add(0..20).await;
        let snapshot = fixture.open().await;
        assert_eq!(snapshot.splits(), 10);
        for splits in [(0..10).collect(), vec![9], vec![1, 2, 8], vec![0, 3, 4, 5, 6, 9]] {
            let view = view(&snapshot, &splits).await;
            let in_order: Vec<usize> = (0..splits.len()).map(|segment| view.split_of(segment)).collect();
            assert_eq!(in_order, splits);
            let found: Vec<usize> = ids(&view).into_iter().map(|(_, id)| id.parse().expect("a number")).collect();
            let expected: Vec<usize> = splits.iter().flat_map(|split| [split * 2, split * 2 + 1]).collect();
            assert_eq!(found, expected);
            for (address, _) in ids(&view) {
                assert_eq!(view.address(view.document(address)), Some(address));
            }
            let missing = (0..10).find(|split| !splits.contains(split));
            let missing = missing.map(|split| view.address(SnapshotDocument { split, document: 0 }));
            assert_eq!(missing.flatten(), None);
        }
    });
}

#[test]
#[should_panic(expected = "the splits of a view are given in their order: [1, 0]")]
fn the_splits_of_a_view_must_ascend() {
    block_on(async {
        let fixture = Fixture::new().await;
        fixture.add(0..4).await;
        view(&fixture.open().await, &[1, 0]).await;
    });
}
