//! Deleting documents.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_index::{IndexError, SnapshotDocument};
use quidditch_storage::{Counting, Storage};
use serde_json::json;

use super::*;
use crate::fixture::{Forgetful, INDEX, add, add_in_splits, documents, manifest, objects, store_with_index};
use crate::test_index::TestIndex;

fn lines(ids: &[&str]) -> String {
    ids.iter().map(|id| format!("{}\n", json!({"_id": id}))).collect()
}

async fn ids(storage: &Arc<dyn Storage>) -> Vec<String> {
    documents(storage).await.into_keys().collect()
}

/// The documents of a snapshot that have these ids.
fn places(index: &TestIndex, ids: &[&str]) -> Vec<SnapshotDocument> {
    let mut places = Vec::new();
    for (ordinal, segment) in index.searcher().segment_readers().iter().enumerate() {
        for document in segment.doc_ids_alive() {
            let stored = index.stored(tantivy::DocAddress::new(ordinal as u32, document)).expect("stored");
            if ids.contains(&stored.id.as_str()) {
                places.push(SnapshotDocument { split: index.view().split_of(ordinal), document });
            }
        }
    }
    places
}

#[test]
fn ids_are_deleted() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(&["a", "b", "c", "d", "e"])).await;
        assert_eq!(delete_ids(&storage, INDEX, &["d", "x", "b", "b", ""]).await.expect("deleted"), 2);
        assert_eq!(ids(&storage).await, ["a", "c", "e"]);
        assert_eq!(delete_ids(&storage, INDEX, &["d"]).await.expect("nothing to do"), 0);

        // The rest of the first split: it is not part of the index any more.
        assert_eq!(delete_ids(&storage, INDEX, &["a"]).await.expect("deleted"), 1);
        let manifest = manifest(&storage).await;
        assert_eq!((ids(&storage).await, manifest.splits.len()), (vec!["c".to_owned(), "e".to_owned()], 2));
        assert_eq!(manifest.retired.len(), 2, "the split and its deletes");
        assert_eq!(objects(&storage).await.len(), manifest.objects().count() + 2);

        assert_eq!(delete_ids(&storage, INDEX, &["c", "e"]).await.expect("deleted"), 2);
        assert_eq!(ids(&storage).await, Vec::<String>::new());
        add(&storage, &lines(&["a"])).await;
        assert_eq!(ids(&storage).await, ["a"]);
        let error = delete_ids(&storage, "other", &["a"]).await.expect_err("no index");
        insta::assert_snapshot!(error, @"no such index [other]");
    });
}

#[test]
fn documents_of_a_snapshot_are_deleted() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 3, &lines(&["a", "b", "c", "d", "e"])).await;
        let index = TestIndex::open(&storage, INDEX).await.expect("readable");
        let some = places(&index, &["b", "d"]);
        assert_eq!(delete_documents(&index, &some).await.expect("deleted"), 2);
        assert_eq!(ids(&storage).await, ["a", "c", "e"]);
        // The same snapshot again: some are gone already.
        let more = places(&index, &["b", "c"]);
        assert_eq!(delete_documents(&index, &more).await.expect("deleted"), 1);
        assert_eq!(ids(&storage).await, ["a", "e"]);
        assert_eq!(delete_documents(&index, &[]).await.expect("nothing to do"), 0);

        let error = delete_documents(&index, &[SnapshotDocument { split: 0, document: 3 }]).await;
        assert!(matches!(error, Err(IndexError::Search(_))), "{error:?}");
        let error = delete_documents(&index, &[SnapshotDocument { split: 2, document: 0 }]).await;
        assert!(matches!(error, Err(IndexError::Search(_))), "{error:?}");

        // A split that is gone: its documents may be elsewhere now.
        assert_eq!(delete_ids(&storage, INDEX, &["a"]).await.expect("deleted"), 1);
        let error = delete_documents(&index, &places(&index, &["a", "e"])).await.expect_err("changed");
        insta::assert_snapshot!(error, @"index [cities] was changed by others while it was being written (attempts: 1)");
        assert_eq!(ids(&storage).await, ["e"]);
    });
}

#[test]
fn a_document_that_was_replaced_is_not_deleted_in_its_new_form() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &lines(&["a", "b"])).await;
        let index = TestIndex::open(&storage, INDEX).await.expect("readable");
        let found = places(&index, &["a"]);
        add(&storage, &lines(&["a"])).await;
        assert_eq!(delete_documents(&index, &found).await.expect("nothing to do"), 0);
        assert_eq!(ids(&storage).await, ["a", "b"]);
    });
}

#[test]
fn requests_are_as_few_as_can_be() {
    block_on(async {
        let counting = Arc::new(Counting::new(store_with_index(json!({})).await));
        let storage: Arc<dyn Storage> = counting.clone();
        add(&storage, &lines(&["a", "b"])).await;
        add(&storage, &lines(&["x", "y"])).await;
        let cost = async |ids: &[&str]| {
            let before = counting.counts();
            delete_ids(&storage, INDEX, ids).await.expect("deleted");
            let cost = counting.counts() - before;
            assert_eq!((cost.heads, cost.lists, cost.deletes), (0, 0, 0));
            (cost.gets, cost.puts)
        };
        // Only ids that no split can have.
        assert_eq!(cost(&["c", "z"]).await, (1, 0));
        // The manifest, one split; its deletes, the manifest.
        assert_eq!(cost(&["a"]).await, (2, 2));
        // The manifest, both splits, the deletes of one; the deletes of the other, the manifest.
        assert_eq!(cost(&["b", "x"]).await, (4, 2));
    });
}

#[test]
fn an_answer_that_was_lost_is_counted_once() {
    block_on(async {
        let inner = store_with_index(json!({})).await;
        add_in_splits(&inner, 2, &lines(&["a", "b", "c", "d"])).await;
        let storage: Arc<dyn Storage> = Arc::new(Forgetful { inner: inner.clone() });
        assert_eq!(delete_ids(&storage, INDEX, &["a", "b"]).await.expect("deleted"), 2);
        assert_eq!(delete_ids(&storage, INDEX, &["d"]).await.expect("deleted"), 1);
        assert_eq!(ids(&inner).await, ["c"]);
    });
}

#[test]
fn damaged_deletes_are_told() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &lines(&["a", "b", "c"])).await;
        delete_ids(&storage, INDEX, &["a"]).await.expect("deleted");
        let name = objects(&storage).await.into_iter().find(|name| name.ends_with(".deletes")).expect("there");
        let key = format!("{INDEX}/splits/{name}");
        let whole = storage.get(&key).await.expect("there").bytes;
        let mut flipped = whole.to_vec();
        flipped[5] ^= 1;
        for (content, what) in
            [(Some(flipped), "its checksum is wrong"), (Some(whole[1..].to_vec()), "it has "), (None, "it is missing")]
        {
            match content {
                Some(content) => {
                    storage.put(&key, content.into(), quidditch_storage::Precondition::None).await.expect("written");
                }
                None => storage.delete(&key).await.expect("removed"),
            }
            let error = delete_ids(&storage, INDEX, &["b"]).await.expect_err("damaged").to_string();
            assert!(error.starts_with(&format!("object {key:?} is damaged: {what}")), "{error}");
        }
    });
}
