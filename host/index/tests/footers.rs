//! Opening splits from the footers object.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::{Clock, ManualClock};
use quidditch_index::format::{Footers, Manifest, split_key};
use quidditch_index::{Cost, CostFigures, Mapping, ReadSession, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, IndexWriter, create_index};
use quidditch_storage::{MemoryStorage, Precondition, Storage};

const INDEX: &str = "cities";

/// No split is read whole.
fn settings() -> ReadSettings {
    ReadSettings { whole_split_bytes: 0, ..ReadSettings::default() }
}

/// An index of five splits. The first has a deleted document.
async fn store() -> Arc<dyn Storage> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    create_index(&storage, INDEX, &Mapping::default()).await.expect("created");
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let writer = IndexWriter::new(&storage, &clock, INDEX).expect("a valid name");
    let lines: String = (0..10).map(|id| format!("{{\"_id\": {id}}}\n")).collect();
    let options = AddOptions { split_documents: 2, ..AddOptions::default() };
    writer.add_documents(lines.as_bytes(), &options, |_| ()).await.expect("added");
    writer.delete_ids(&["0"]).await.expect("deleted");
    storage
}

/// Copies the footers of the first four splits into one object. Between the second and the third are bytes of splits that are gone.
async fn combine(storage: &Arc<dyn Storage>, gone_bytes: usize) -> Footers {
    let (mut manifest, _) = Manifest::read(storage, INDEX).await.expect("readable");
    let mut footers = Footers { object: "01J.footers".to_owned(), offsets: BTreeMap::new() };
    let mut bytes = Vec::new();
    for (number, split) in manifest.splits[..4].iter().enumerate() {
        if number == 2 {
            bytes.resize(bytes.len() + gone_bytes, 0);
        }
        footers.offsets.insert(split.id.clone(), bytes.len() as u64);
        let object = storage.get(&split_key(INDEX, &split.id)).await.expect("stored").bytes;
        bytes.extend_from_slice(&object[split.footer.offset as usize..]);
    }
    storage.put(&footers.key(INDEX), bytes.into(), Precondition::None).await.expect("stored");
    manifest.footers = Some(footers.clone());
    manifest.write(storage, INDEX, Precondition::None).await.expect("written");
    footers
}

/// Opens splits. What that has cost, without the manifest.
async fn open(reader: &Arc<SplitReader>, splits: &[usize]) -> CostFigures {
    let snapshot = Snapshot::open(reader, INDEX, &Cost::default()).await.expect("readable");
    let cost = Arc::new(Cost::default());
    let view = snapshot.view(splits, &ReadSession::new(reader, &cost)).await.expect("opened");
    let documents = splits.iter().map(|split| if *split == 0 { 1 } else { 2 }).sum::<u64>();
    assert_eq!(view.searcher().num_docs(), documents);
    cost.figures()
}

/// Requests, and how many of them were made one after another.
async fn requests(storage: &Arc<dyn Storage>, settings: ReadSettings, splits: &[usize]) -> (u64, u64) {
    let cost = open(&Arc::new(SplitReader::new(Arc::clone(storage), settings)), splits).await;
    (cost.gets, cost.round_trips)
}

const ALL: [usize; 5] = [0, 1, 2, 3, 4];

#[test]
fn one_request_opens_the_splits_that_have_copies() {
    block_on(async {
        let storage = store().await;
        // The deletes of the first split are an object of their own.
        assert_eq!(requests(&storage, settings(), &ALL).await, (6, 1));
        combine(&storage, 100).await;
        assert_eq!(requests(&storage, settings(), &ALL).await, (3, 1), "the copies, the last split, the deletes");
        assert_eq!(requests(&storage, settings(), &[1, 3]).await, (1, 1));
        assert_eq!(requests(&storage, settings(), &[4]).await, (1, 1));
        // Splits that are read whole do not need copies.
        assert_eq!(requests(&storage, ReadSettings::default(), &ALL).await, (6, 1));
    });
}

#[test]
fn distant_copies_and_long_ranges_are_requested_separately() {
    block_on(async {
        let storage = store().await;
        let footers = combine(&storage, 100).await;
        let range = |max_gap_bytes, request_bytes| ReadSettings { max_gap_bytes, request_bytes, ..settings() };
        assert_eq!(requests(&storage, range(100, u64::MAX), &[0, 1, 2, 3]).await, (2, 1), "the copies, the deletes");
        assert_eq!(requests(&storage, range(99, u64::MAX), &[0, 1, 2, 3]).await, (3, 1));
        let mut offsets: Vec<u64> = footers.offsets.into_values().collect();
        offsets.sort_unstable();
        let [first, second, third, fourth] = offsets[..] else { panic!("four") };
        let longest = (second - first).max(fourth - third);
        assert_eq!(requests(&storage, range(100, longest), &[1, 2, 3]).await, (3, 1));
        assert_eq!(requests(&storage, range(100, 2 * longest), &[2, 3]).await, (1, 1));
    });
}

#[test]
fn splits_are_opened_without_copies_that_are_gone_or_damaged() {
    block_on(async {
        let storage = store().await;
        let key = combine(&storage, 0).await.key(INDEX);
        let sound = storage.get(&key).await.expect("stored").bytes;
        let mut damaged = sound.to_vec();
        damaged[sound.len() / 2] ^= 1;
        storage.put(&key, damaged.into(), Precondition::None).await.expect("written");
        // What the first attempt has read and is sound is not read again.
        let (gets, round_trips) = requests(&storage, settings(), &ALL).await;
        assert!((4..9).contains(&gets) && round_trips == 2, "{gets} in {round_trips}");
        storage.put(&key, sound.slice(1..), Precondition::None).await.expect("written");
        assert_eq!(requests(&storage, settings(), &ALL).await.1, 1, "the range does not exist");
        storage.delete(&key).await.expect("deleted");
        assert_eq!(requests(&storage, settings(), &ALL).await, (6, 1));
    });
}

#[test]
fn footers_in_the_cache_are_not_read_again() {
    block_on(async {
        let storage = store().await;
        let reader = Arc::new(SplitReader::new(Arc::clone(&storage), settings()));
        open(&reader, &[1, 4]).await;
        // The cache knows footers by their splits.
        combine(&storage, 0).await;
        assert_eq!(open(&reader, &[1, 4]).await.gets, 0);
        let cost = open(&reader, &[1, 2, 3]).await;
        assert_eq!((cost.gets, cost.cache_hits), (1, 1));
        assert_eq!(open(&reader, &[2, 3]).await.gets, 0);
    });
}
