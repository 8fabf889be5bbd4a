//! Deleting documents.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_index::{DocumentId, IndexError};
use quidditch_storage::{Counting, Precondition, Storage};
use serde_json::json;

use crate::IndexingError;
use crate::fixture::{
    INDEX, TestIndex, add, add_in_splits, chain, delete, documents, lost_responses, manifest, matching, objects,
    store_with_index, writer,
};

fn lines(ids: &[&str]) -> String {
    ids.iter().map(|id| format!("{}\n", json!({"_id": id}))).collect()
}

async fn ids(storage: &Arc<dyn Storage>) -> Vec<String> {
    documents(storage).await.into_keys().collect()
}

async fn open(storage: &Arc<dyn Storage>) -> TestIndex {
    TestIndex::open(storage, INDEX).await.expect("readable")
}

/// The documents of a snapshot that have these ids.
fn found(index: &TestIndex, ids: &[&str]) -> Vec<DocumentId> {
    matching(index, |id| ids.contains(&id))
}

#[test]
fn ids_are_deleted() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(&["a", "b", "c", "d", "e"])).await;
        assert_eq!(delete(&storage, &["d", "x", "b", "b", ""]).await, 2);
        assert_eq!(ids(&storage).await, ["a", "c", "e"]);
        assert_eq!(delete(&storage, &["d"]).await, 0);

        // The last document of the first split, which is no longer part of the index.
        assert_eq!(delete(&storage, &["a"]).await, 1);
        let manifest = manifest(&storage).await;
        assert_eq!((ids(&storage).await, manifest.splits.len()), (vec!["c".to_owned(), "e".to_owned()], 2));
        assert_eq!(manifest.retired.len(), 2, "the split and its deletes");
        assert_eq!(objects(&storage).await.len(), manifest.objects().count() + 2);

        assert_eq!(delete(&storage, &["c", "e"]).await, 2);
        assert_eq!(ids(&storage).await, Vec::<String>::new());
        add(&storage, &lines(&["a"])).await;
        assert_eq!(ids(&storage).await, ["a"]);
        storage.delete("cities/manifest.json").await.expect("deleted");
        let error = writer(&storage).delete_ids(&["a"]).await.expect_err("no index");
        insta::assert_snapshot!(error, @"no such index [cities]");
    });
}

#[test]
fn documents_of_a_snapshot_are_deleted() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 3, &lines(&["a", "b", "c", "d", "e"])).await;
        let index = open(&storage).await;
        let delete = async |documents: &[DocumentId]| writer(&storage).delete_documents(documents).await;
        assert_eq!(delete(&found(&index, &["b", "d"])).await.expect("deleted"), 2);
        assert_eq!(ids(&storage).await, ["a", "c", "e"]);
        // The same snapshot again: one of them is deleted already.
        assert_eq!(delete(&found(&index, &["b", "c"])).await.expect("deleted"), 1);
        assert_eq!(ids(&storage).await, ["a", "e"]);
        assert_eq!(delete(&[]).await.expect("nothing to do"), 0);

        let [a] = found(&index, &["a"]).try_into().expect("one document");
        let error = delete(&[DocumentId { document: 3, ..a }]).await;
        assert!(matches!(error, Err(IndexingError::Index(IndexError::Search(_)))), "{error:?}");

        // A split that no longer exists: its documents may be in another one now.
        assert_eq!(self::delete(&storage, &["a"]).await, 1);
        let error = delete(&found(&index, &["a", "e"])).await.expect_err("changed");
        insta::assert_snapshot!(error, @"index [cities] was changed by other writers in the meantime (attempts: 1)");
        assert_eq!(ids(&storage).await, ["e"]);
    });
}

#[test]
fn a_document_that_was_replaced_is_not_deleted_in_its_new_version() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &lines(&["a", "b"])).await;
        let found = found(&open(&storage).await, &["a"]);
        add(&storage, &lines(&["a"])).await;
        assert_eq!(writer(&storage).delete_documents(&found).await.expect("nothing to do"), 0);
        assert_eq!(ids(&storage).await, ["a", "b"]);
    });
}

#[test]
fn deleting_takes_few_requests() {
    block_on(async {
        let counting = Arc::new(Counting::new(store_with_index(json!({})).await));
        let storage: Arc<dyn Storage> = counting.clone();
        add(&storage, &lines(&["a", "b"])).await;
        add(&storage, &lines(&["x", "y"])).await;
        let cost = async |ids: &[&str]| {
            let before = counting.counts();
            delete(&storage, ids).await;
            let cost = counting.counts() - before;
            assert_eq!((cost.heads, cost.lists, cost.deletes), (0, 0, 0));
            (cost.gets, cost.puts)
        };
        // Ids that no split can contain.
        assert_eq!(cost(&["c", "z"]).await, (1, 0));
        // Reads: the manifest, one split. Writes: its deletes, the manifest.
        assert_eq!(cost(&["a"]).await, (2, 2));
        // Reads: the manifest, both splits, the deletes of one. Writes: the deletes of the other, the manifest.
        assert_eq!(cost(&["b", "x"]).await, (4, 2));
    });
}

#[test]
fn deletions_whose_response_was_lost_are_counted_once() {
    block_on(async {
        let inner = store_with_index(json!({})).await;
        add_in_splits(&inner, 2, &lines(&["a", "b", "c", "d"])).await;
        let storage = lost_responses(&inner);
        assert_eq!(delete(&storage, &["a", "b"]).await, 2);
        assert_eq!(delete(&storage, &["d"]).await, 1);
        assert_eq!(ids(&inner).await, ["c"]);
    });
}

#[test]
fn damaged_deletes_are_reported() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &lines(&["a", "b", "c"])).await;
        delete(&storage, &["a"]).await;
        let name = objects(&storage).await.into_iter().find(|name| name.ends_with(".deletes")).expect("it exists");
        let key = format!("{INDEX}/splits/{name}");
        let whole = storage.get(&key).await.expect("it exists").bytes;
        let mut flipped = whole.to_vec();
        flipped[5] ^= 1;
        for (content, reason) in
            [(Some(flipped), "checksum mismatch"), (Some(whole[1..].to_vec()), "size is "), (None, "missing")]
        {
            match content {
                Some(content) => {
                    storage.put(&key, content.into(), Precondition::None).await.expect("written");
                }
                None => storage.delete(&key).await.expect("removed"),
            }
            let error = writer(&storage).delete_ids(&["b"]).await.expect_err("damaged");
            let error = chain(&error);
            assert!(error.starts_with(&format!("object {key:?} is damaged: {reason}")), "{error}");
        }
    });
}
