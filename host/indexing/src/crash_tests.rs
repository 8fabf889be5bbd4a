//! Writers that crash: the index is as before or as after, and what they leave behind is collected.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::executor::block_on;
use quidditch_clock::{Clock, ManualClock};
use quidditch_index::{Mapping, ReadSettings, SplitReader, list_indices};
use quidditch_storage::Storage;
use serde_json::json;

use crate::fixture::{
    Crash, INDEX, TestIndex, add, add_in_splits, assert_sound, crashing, delete, documents, manifest, memory, objects,
    store_with_index, writer, writer_at,
};
use crate::{
    AddOptions, Condition, IndexingError, MergeEffort, MergeOptions, WriteAction, WriteCache, WriteOperation,
    create_index, delete_index,
};

fn lines(ids: impl IntoIterator<Item = u32>, n: u32) -> String {
    ids.into_iter().map(|id| format!("{}\n", json!({"_id": format!("{id:02}"), "n": n}))).collect()
}

/// An index with several splits, some with deleted documents, and with garbage.
async fn store() -> Arc<dyn Storage> {
    let storage = store_with_index(json!({})).await;
    add_in_splits(&storage, 4, &lines(0..12, 1)).await;
    delete(&storage, &["01", "05"]).await;
    add_in_splits(&storage, 4, &lines([2, 6, 20], 2)).await;
    storage
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Add,
    Delete,
    Merge,
    Write,
    CollectGarbage,
}

impl Change {
    async fn run(self, storage: &Arc<dyn Storage>) -> Result<(), IndexingError> {
        match self {
            Change::Add => {
                let options = AddOptions { split_documents: 3, ..AddOptions::default() };
                // New ids, one of them twice, ids that replace documents of the index, and a new field.
                let lines = lines([30, 3, 31, 7, 30, 20, 4], 3) + r#"{"_id": "40", "new": true}"#;
                writer(storage).add_documents(lines.as_bytes(), &options, |_| ()).await.map(|_| ())
            }
            // All documents of one split, and some of others.
            Change::Delete => writer(storage).delete_ids(&["08", "09", "10", "11", "00", "20"]).await.map(|_| ()),
            Change::Merge => {
                let options = MergeOptions { effort: MergeEffort::Full, split_documents: 7, ..MergeOptions::default() };
                writer(storage).merge_splits(&options, |_| ()).await.map(|_| ())
            }
            Change::Write => {
                let write = |id: &str, action: WriteAction| WriteOperation {
                    id: Some(id.to_owned()),
                    action,
                    condition: Condition::None,
                };
                let index = |id: &str, source: &'static str| {
                    write(id, WriteAction::Index(Bytes::from_static(source.as_bytes())))
                };
                let operations = [
                    index("30", r#"{"n": 3}"#),
                    index("03", r#"{"n": 4, "new": true}"#),
                    write("20", WriteAction::Delete),
                    write("04", WriteAction::Delete),
                    index("07", r#"{"n": 5}"#),
                ];
                let reader = Arc::new(SplitReader::new(Arc::clone(storage), ReadSettings::default()));
                writer(storage).write(&WriteCache::new(&reader), &operations).await.map(|_| ())
            }
            Change::CollectGarbage => collect_all(storage).await,
        }
    }
}

/// Collects all garbage, however young.
async fn collect_all(storage: &Arc<dyn Storage>) -> Result<(), IndexingError> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    clock.sleep(Duration::from_secs(1)).await;
    writer_at(storage, &clock).collect_garbage(Duration::ZERO).await.map(|_| ())
}

async fn assert_documents(storage: &Arc<dyn Storage>, expected: &BTreeMap<String, String>, when: &str) {
    assert_eq!(documents(storage).await, *expected, "{when}");
    assert_sound(storage).await;
}

#[test]
fn the_index_is_as_before_or_as_after() {
    for change in [Change::Add, Change::Delete, Change::Merge, Change::Write, Change::CollectGarbage] {
        for crash in [Crash::Before, Crash::AfterWrite] {
            let operations = block_on(crash_at_every_operation(change, crash));
            // Each change reads and writes the manifest and some other objects.
            assert!(operations >= 6, "{change:?}: {operations}");
        }
    }
}

/// Crashes the change at its first operation on the storage, at its second, and so on, until it is done before the crash.
/// Returns the number of operations.
async fn crash_at_every_operation(change: Change, crash: fn(u64) -> Crash) -> u64 {
    let intact = store().await;
    let before = documents(&intact).await;
    change.run(&intact).await.expect("done");
    let after = documents(&intact).await;
    for operation in 0.. {
        let when = format!("{change:?}, {:?}", crash(operation));
        let inner = store().await;
        let result = change.run(&crashing(&inner, crash(operation))).await;

        let found = documents(&inner).await;
        assert!(found == after || (found == before && result.is_err()), "{when}: {found:?}");
        assert_documents(&inner, &found, &when).await;
        collect_all(&inner).await.expect("collected");
        assert_documents(&inner, &found, &when).await;
        let manifest = manifest(&inner).await;
        let mut needed: Vec<_> = manifest.objects().collect();
        needed.sort_unstable();
        assert_eq!(objects(&inner).await, needed, "{when}");
        assert!(manifest.retired.is_empty(), "{when}");

        change.run(&inner).await.expect("the second run succeeds");
        assert_documents(&inner, &after, &when).await;
        if result.is_ok() {
            return operation;
        }
    }
    unreachable!("every change ends")
}

#[test]
fn creating_an_index_leaves_an_index_or_none() {
    block_on(async {
        for crash in [Crash::Before, Crash::AfterWrite] {
            for operation in 0..8 {
                let inner = memory();
                let created = create_index(&crashing(&inner, crash(operation)), INDEX, &Mapping::default()).await;
                // The ULID of what is left behind has the time of this machine.
                let late = ManualClock::default();
                late.advance(Duration::from_secs(1 << 33));
                let late: Arc<dyn Clock> = Arc::new(late);
                writer_at(&inner, &late).collect_garbage(Duration::ZERO).await.expect("collected");
                assert!(objects(&inner).await.is_empty(), "{:?}", crash(operation));
                if list_indices(&inner).await.expect("listed").is_empty() {
                    assert!(created.is_err());
                    create_index(&inner, INDEX, &Mapping::default()).await.expect("created again");
                }
                assert_eq!(TestIndex::open(&inner, INDEX).await.expect("readable").documents(), 0);
            }
        }
    });
}

#[test]
fn deleting_an_index_leaves_an_index_or_none() {
    block_on(async {
        for crash in [Crash::Before, Crash::AfterWrite] {
            for operation in 0..6 {
                let inner = store_with_index(json!({})).await;
                add(&inner, "{}").await;
                let deleted = delete_index(&crashing(&inner, crash(operation)), INDEX).await;
                let left = list_indices(&inner).await.expect("listed");
                let open = async || TestIndex::open(&inner, INDEX).await.expect("readable").documents();
                if left.is_empty() {
                    create_index(&inner, INDEX, &Mapping::default()).await.expect("created again");
                    assert_eq!(open().await, 0);
                } else {
                    assert!(deleted.is_err());
                    assert_eq!(open().await, 1);
                }
            }
        }
    });
}
