//! Writers that are killed: the index is as before or as after, and what they leave behind is collected.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::executor::block_on;
use quidditch_index::IndexError;
use quidditch_storage::Storage;
use serde_json::json;

use crate::fixture::{Crashing, INDEX, add_in_splits, documents, manifest, objects, store_with_index};
use crate::{
    AddOptions, MergeEffort, MergeOptions, add_documents, collect_garbage, delete_ids, merge_splits, verify_index,
};

fn lines(ids: impl IntoIterator<Item = u32>, n: u32) -> String {
    ids.into_iter().map(|id| format!("{}\n", json!({"_id": format!("{id:02}"), "n": n}))).collect()
}

/// An index with several splits, some with deleted documents, and with garbage.
async fn store() -> Arc<dyn Storage> {
    let storage = store_with_index(json!({})).await;
    add_in_splits(&storage, 4, &lines(0..12, 1)).await;
    delete_ids(&storage, INDEX, &["01", "05"]).await.expect("deleted");
    add_in_splits(&storage, 4, &lines([2, 6, 20], 2)).await;
    storage
}

#[derive(Debug, Clone, Copy)]
enum Operation {
    Add,
    Delete,
    Merge,
    CollectGarbage,
}

impl Operation {
    async fn run(self, storage: &Arc<dyn Storage>) -> Result<(), IndexError> {
        match self {
            Operation::Add => {
                let options = AddOptions { split_documents: 3, ..AddOptions::default() };
                // New ones, one that is there twice, some that replace others, and a new field.
                let lines = lines([30, 3, 31, 7, 30, 20, 4], 3) + r#"{"_id": "40", "new": true}"#;
                add_documents(storage, INDEX, lines.as_bytes(), &options, |_| ()).await.map(|_| ())
            }
            // All of one split, some of others.
            Operation::Delete => delete_ids(storage, INDEX, &["08", "09", "10", "11", "00", "20"]).await.map(|_| ()),
            Operation::Merge => {
                let options = MergeOptions { effort: MergeEffort::Full, split_documents: 7, ..MergeOptions::default() };
                merge_splits(storage, INDEX, &options, |_| ()).await.map(|_| ())
            }
            Operation::CollectGarbage => collect_all(storage).await,
        }
    }
}

/// Collects all garbage, however young.
async fn collect_all(storage: &Arc<dyn Storage>) -> Result<(), IndexError> {
    collect_garbage(storage, INDEX, Duration::ZERO, SystemTime::now() + Duration::from_secs(1)).await.map(|_| ())
}

async fn assert_sound(storage: &Arc<dyn Storage>, expected: &BTreeMap<String, String>, when: &str) {
    assert_eq!(documents(storage).await, *expected, "{when}");
    let verified = verify_index(storage, INDEX, |_| ()).await.expect("readable");
    assert_eq!(verified.problems, [], "{when}");
}

#[test]
fn the_index_is_as_before_or_as_after() {
    for operation in [Operation::Add, Operation::Delete, Operation::Merge, Operation::CollectGarbage] {
        for after_the_write in [false, true] {
            let moments = block_on(kill_at_every_moment(operation, after_the_write));
            // Each reads and writes the manifest and some objects beside it.
            assert!(moments >= 6, "{operation:?}: {moments}");
        }
    }
}

/// Kills the operation at its first call of the storage, at its second, and so on, until it is done before. How many calls
/// that took.
async fn kill_at_every_moment(operation: Operation, after_the_write: bool) -> u64 {
    let intact = store().await;
    let before = documents(&intact).await;
    operation.run(&intact).await.expect("done");
    let after = documents(&intact).await;
    for moment in 0.. {
        let when = format!("{operation:?}, killed at call {moment}, after the write: {after_the_write}");
        let inner = store().await;
        let crashing: Arc<dyn Storage> = Arc::new(Crashing::new(inner.clone(), moment, after_the_write));
        let result = operation.run(&crashing).await;

        let found = documents(&inner).await;
        assert!(found == after || (found == before && result.is_err()), "{when}: {found:?}");
        assert_sound(&inner, &found, &when).await;
        collect_all(&inner).await.expect("collected");
        assert_sound(&inner, &found, &when).await;
        let manifest = manifest(&inner).await;
        let mut needed: Vec<_> = manifest.objects().collect();
        needed.sort_unstable();
        assert_eq!(objects(&inner).await, needed, "{when}");
        assert!(manifest.retired.is_empty(), "{when}");

        operation.run(&inner).await.expect("trying again works");
        assert_sound(&inner, &after, &when).await;
        if result.is_ok() {
            return moment;
        }
    }
    unreachable!("there is an end to everything")
}
