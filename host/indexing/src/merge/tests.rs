//! Merging splits.

use std::collections::HashSet;
use std::sync::Arc;

use futures::executor::block_on;
use quidditch_storage::Storage;
use serde_json::json;
use tantivy::DocAddress;
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery};

use super::*;
use crate::fixture::{
    INDEX, TestIndex, add, add_in_splits, assert_sound, delete, documents, interrupted, manifest, objects,
    store_with_index, writer,
};

/// The end of the key of the manifest, before whose write other writers interrupt.
const MANIFEST: &str = "manifest.json";

const FULL: MergeOptions =
    MergeOptions { effort: MergeEffort::Full, split_documents: 5_000_000, split_bytes: 1 << 30, deleted_percent: 20 };

async fn merge_with(storage: &Arc<dyn Storage>, options: &MergeOptions) -> MergeReport {
    let report = writer(storage).merge_splits(options, |_| ()).await.expect("merged");
    assert_sound(storage).await;
    report
}

async fn merge(storage: &Arc<dyn Storage>) -> MergeReport {
    merge_with(storage, &FULL).await
}

fn lines(ids: impl IntoIterator<Item = u32>) -> String {
    ids.into_iter().map(|id| format!("{}\n", json!({"_id": format!("{id:04}"), "n": id}))).collect()
}

async fn ids(storage: &Arc<dyn Storage>) -> Vec<u32> {
    documents(storage).await.into_keys().map(|id| id.parse().expect("a number")).collect()
}

#[test]
fn splits_become_one_without_their_deleted_documents() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 3, &lines(0..10)).await;
        delete(&storage, &["0001", "0004", "0009"]).await;
        let before = (documents(&storage).await, manifest(&storage).await);
        let mut seen = Vec::new();
        let report = writer(&storage).merge_splits(&FULL, |progress| seen.push(progress)).await.expect("merged");
        let after = manifest(&storage).await;
        let [split] = after.splits.as_slice() else { panic!("one split") };
        // The fourth split had one document, which was deleted, so it was removed.
        let expected = MergeReport { merged: 3, written: 1, bytes: split.size, dropped: 2, discarded: 0 };
        assert_eq!((report, split.documents, split.deletes.clone()), (expected, 7, None));
        assert_eq!(seen, [MergeProgress { merged: 0, left: 3 }]);
        assert_eq!(documents(&storage).await, before.0);
        let old: HashSet<_> =
            before.1.objects().chain(before.1.retired.iter().map(|retired| retired.object.clone())).collect();
        assert_eq!(after.retired.iter().map(|retired| retired.object.clone()).collect::<HashSet<_>>(), old);
        assert_eq!(objects(&storage).await.len(), old.len() + 1, "readers of the old splits still need them");

        assert_eq!(merge(&storage).await, MergeReport::default());
        assert_eq!(manifest(&storage).await, after);
        storage.delete("cities/manifest.json").await.expect("deleted");
        let error = writer(&storage).merge_splits(&FULL, |_| ()).await.expect_err("no index");
        insta::assert_snapshot!(error, @"no such index [cities]");
    });
}

#[test]
fn a_merged_split_equals_one_with_the_same_documents() {
    block_on(async {
        // Each document adds fields, so that older splits have no columns, terms and lengths of them.
        let documents = [
            json!({"_id": "1", "name": "old town"}),
            json!({"_id": "2", "name": "new old town hall", "population": [3, 1]}),
            json!({"_id": "3", "tag": "x y", "at": "2024-01-01", "name": "town"}),
            json!({"_id": "4", "flag": true, "area": 0.5, "object": {"inner": ["x y z", "old"]}}),
            json!({"_id": "5", "name": "hall", "tag": "y", "object": {"inner": "town"}, "where": {"deep": -1}}),
        ];
        let mapping = json!({"properties": {"where_it_is": {"type": "geo_point"}}});
        let at_once = store_with_index(mapping.clone()).await;
        let lines: String = documents.iter().map(|document| format!("{document}\n")).collect();
        add(&at_once, &lines).await;
        let merged = store_with_index(mapping).await;
        for document in &documents {
            add(&merged, &document.to_string()).await;
        }
        assert_eq!(merge(&merged).await.merged, 5);

        let (expected, actual) = (manifest(&at_once).await, manifest(&merged).await);
        assert_eq!(
            expected.mapping.field_order().collect::<Vec<_>>(),
            actual.mapping.field_order().collect::<Vec<_>>()
        );
        assert_eq!(
            (&expected.splits[0].ranges, &expected.splits[0].ids),
            (&actual.splits[0].ranges, &actual.splits[0].ids)
        );
        let at_once = TestIndex::open(&at_once, INDEX).await.expect("readable");
        let merged = TestIndex::open(&merged, INDEX).await.expect("readable");
        let texts = ["name", "tag", "object.inner"];
        for field in texts {
            for word in ["old", "new", "town", "hall", "x", "y", "z"] {
                let search = |index: &TestIndex| index.best(&*index.term_query(field, &json!(word)));
                assert_eq!(search(&at_once), search(&merged), "{field}: {word}");
            }
        }
        for (field, value) in [
            ("population", json!(1)),
            ("at", json!("2024-01-01")),
            ("flag", json!(true)),
            ("area", json!(0.5)),
            ("where.deep", json!(-1)),
            ("tag.keyword", json!("x y")),
        ] {
            assert_eq!(merged.count(field, &value), 1, "{field}");
        }
        for words in [["x", "y"], ["y", "z"], ["z", "old"]] {
            let phrase = |index: &TestIndex| {
                let words = words.map(|word| index.term("object.inner", &json!(word)));
                index.searcher().search(&PhraseQuery::new(words.to_vec()), &Count).expect("searched")
            };
            assert_eq!(phrase(&at_once), phrase(&merged), "{words:?}");
        }
        let both = |index: &TestIndex| {
            let clause = |field, word: &str| (Occur::Should, index.term_query(field, &json!(word)));
            index.best(&BooleanQuery::new(vec![
                clause("name", "town"),
                clause("tag", "y"),
                clause("object.inner", "old"),
            ]))
        };
        assert_eq!(both(&at_once), both(&merged));
        for name in ["name", "object", "object.inner", "where_it_is", "where", "tag.keyword"] {
            assert_eq!(at_once.count_existing(name), merged.count_existing(name), "{name}");
        }
        let columns = merged.searcher().segment_reader(0).fast_fields();
        let population = columns.i64("population").expect("a column");
        let ids: Vec<_> =
            (0..5).map(|document| merged.stored(DocAddress::new(0, document)).expect("stored").id).collect();
        assert_eq!(ids, ["1", "2", "3", "4", "5"], "in the order of the splits");
        assert_eq!(population.values_for_doc(1).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(population.first(0), None);
    });
}

#[test]
fn splits_keep_their_order_and_their_limits() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..14)).await;
        let options = MergeOptions { split_documents: 6, ..FULL };
        let report = merge_with(&storage, &options).await;
        assert_eq!((report.merged, report.written), (6, 2));
        let manifest = manifest(&storage).await;
        let ranges: Vec<_> = manifest
            .splits
            .iter()
            .map(|split| split.ids.clone().expect("not empty"))
            .map(|ids| format!("{}-{}", ids.min, ids.max))
            .collect();
        assert_eq!(ranges, ["0000-0005", "0006-0011", "0012-0013"]);
        assert_eq!(ids(&storage).await, (0..14).collect::<Vec<_>>());
        // Documents can be replaced and deleted as before.
        assert_eq!(add(&storage, &lines([3, 20])).await.replaced, 1);
        assert_eq!(delete(&storage, &["0003", "0012"]).await, 2);
        assert_eq!(ids(&storage).await.len(), 13);
    });
}

#[test]
fn a_split_with_many_deleted_documents_is_rewritten() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &lines(0..10)).await;
        delete(&storage, &["0001", "0004"]).await;
        assert_eq!(merge_with(&storage, &MergeOptions::default()).await, MergeReport::default());
        delete(&storage, &["0009"]).await;
        let report = merge_with(&storage, &MergeOptions::default()).await;
        assert_eq!((report.merged, report.written, report.dropped), (1, 1, 3));
        let manifest = manifest(&storage).await;
        assert_eq!((manifest.splits[0].documents, manifest.splits[0].deleted()), (7, 0));
        assert_eq!(ids(&storage).await, [0, 2, 3, 5, 6, 7, 8]);
    });
}

#[test]
fn documents_deleted_or_replaced_during_a_merge_stay_so() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 4, &lines(0..12)).await;
        delete(&storage, &["0000", "0005"]).await;
        let others = storage.clone();
        let merging = interrupted(&storage, MANIFEST, async move {
            delete(&others, &["0001", "0006", "0011"]).await;
            assert_eq!(add(&others, &lines([3, 7, 5, 100])).await.replaced, 2);
        });
        let report = writer(&merging).merge_splits(&FULL, |_| ()).await.expect("merged");
        assert_eq!((report.merged, report.written, report.dropped), (3, 1, 2));
        assert_eq!(ids(&storage).await, [2, 3, 4, 5, 7, 8, 9, 10, 100]);
        let manifest = manifest(&storage).await;
        let counts: Vec<_> = manifest.splits.iter().map(|split| (split.documents, split.deleted())).collect();
        assert_eq!(counts, [(10, 5), (4, 0)]);
        assert_sound(&storage).await;
    });
}

#[test]
fn all_documents_of_a_merged_split_may_be_deleted() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..4)).await;
        delete(&storage, &["0000"]).await;
        let others = storage.clone();
        let merging = interrupted(&storage, MANIFEST, async move {
            // One document of each split is left. They are deleted after the merge.
            assert_eq!(delete(&others, &["0002"]).await, 1);
        });
        writer(&merging).merge_splits(&FULL, |_| ()).await.expect("merged");
        assert_eq!(ids(&storage).await, [1, 3]);
        assert_eq!(delete(&storage, &["0001", "0003"]).await, 2);
        assert!(manifest(&storage).await.splits.is_empty());
    });
}

#[test]
fn a_merge_is_discarded_if_its_splits_were_removed() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..8)).await;
        let others = storage.clone();
        let merging = interrupted(&storage, MANIFEST, async move {
            // Removes the second split.
            assert_eq!(delete(&others, &["0002", "0003"]).await, 2);
        });
        let report = writer(&merging).merge_splits(&FULL, |_| ()).await.expect("merged");
        assert_eq!((report.merged, report.written, report.discarded), (3, 1, 1));
        assert_eq!(ids(&storage).await, [0, 1, 4, 5, 6, 7]);
        let manifest = manifest(&storage).await;
        let known = manifest.objects().count() + manifest.retired.len();
        assert_eq!(objects(&storage).await.len(), known, "the discarded split was removed");

        // Another writer merges all splits first.
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..8)).await;
        let others = storage.clone();
        let merging = interrupted(&storage, MANIFEST, async move {
            assert_eq!(merge(&others).await.merged, 4);
        });
        let report = writer(&merging).merge_splits(&FULL, |_| ()).await.expect("nothing left to do");
        assert_eq!(report, MergeReport { discarded: 1, ..MergeReport::default() });
        assert_eq!(ids(&storage).await, (0..8).collect::<Vec<_>>());
    });
}

#[test]
fn splits_added_during_a_merge_are_left_as_they_are() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..4)).await;
        let others = storage.clone();
        let merging = interrupted(&storage, MANIFEST, async move {
            add_in_splits(&others, 1, r#"{"_id": "0009", "new field": "x"}"#).await;
        });
        let report = writer(&merging).merge_splits(&FULL, |_| ()).await.expect("merged");
        assert_eq!((report.merged, report.written), (2, 1));
        assert_eq!(manifest(&storage).await.splits.len(), 2);
        assert_eq!(merge(&storage).await.merged, 2);
        assert_eq!(ids(&storage).await, [0, 1, 2, 3, 9]);
    });
}
