//! Merging splits.

#![expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]

use std::sync::Mutex;

use futures::executor::block_on;
use quidditch_storage::Storage;
use serde_json::{Value as Json, json};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Term};

use super::*;
use crate::fixture::{Hooked, INDEX, add, add_in_splits, documents, manifest, objects, store_with_index};
use crate::test_index::TestIndex;
use crate::{AddOptions, add_documents, delete_ids, verify_index};

const FULL: MergeOptions =
    MergeOptions { effort: MergeEffort::Full, split_documents: 5_000_000, split_bytes: 1 << 30, deleted_percent: 20 };

async fn merge_with(storage: &Arc<dyn Storage>, options: &MergeOptions) -> MergeReport {
    let report = merge_splits(storage, INDEX, options, |_| ()).await.expect("merged");
    let verified = verify_index(storage, INDEX, |_| ()).await.expect("readable");
    assert_eq!(verified.problems, []);
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

fn term(index: &TestIndex, field: &str, value: Json) -> Term {
    let field = index.mapping().field(field).expect("mapped");
    let value = field.query_value(&value, 0).expect("valid").expect("possible");
    field.term(&value).expect("of the same kind")
}

fn query(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

/// The ids of the documents that a query finds, with their scores, the best first.
fn found(index: &TestIndex, query: &dyn Query) -> Vec<(String, f32)> {
    let found = index.searcher().search(query, &TopDocs::with_limit(1000).order_by_score()).expect("searched");
    let mut found: Vec<_> =
        found.into_iter().map(|(score, address)| (index.stored(address).expect("stored").id, score)).collect();
    found.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    found
}

#[test]
fn splits_become_one_without_their_deleted_documents() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 3, &lines(0..10)).await;
        delete_ids(&storage, INDEX, &["0001", "0004", "0009"]).await.expect("deleted");
        let before = (documents(&storage).await, manifest(&storage).await);
        let mut seen = Vec::new();
        let report = merge_splits(&storage, INDEX, &FULL, |progress| seen.push(progress)).await.expect("merged");
        let after = manifest(&storage).await;
        let [split] = after.splits.as_slice() else { panic!("one split") };
        // The last split had one document, which was deleted, so it was not there any more.
        let expected = MergeReport { merged: 3, written: 1, bytes: split.size, dropped: 2, given_up: 0 };
        assert_eq!((report, split.documents, split.deletes.clone()), (expected, 7, None));
        assert_eq!(seen, [MergeProgress { merged: 0, left: 3 }]);
        assert_eq!(documents(&storage).await, before.0);
        let old: HashSet<_> =
            before.1.objects().chain(before.1.retired.iter().map(|retired| retired.object.clone())).collect();
        assert_eq!(after.retired.iter().map(|retired| retired.object.clone()).collect::<HashSet<_>>(), old);
        assert_eq!(objects(&storage).await.len(), old.len() + 1, "readers of the old splits still have them");

        assert_eq!(merge(&storage).await, MergeReport::default());
        assert_eq!(manifest(&storage).await, after);
        let error = merge_splits(&storage, "other", &FULL, |_| ()).await.expect_err("no index");
        insta::assert_snapshot!(error, @"no such index [other]");
    });
}

#[test]
fn a_merged_split_is_as_one_that_was_written_at_once() {
    block_on(async {
        // Fields come one after the other, so that the older splits have no columns, terms and lengths of the newer.
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

        let (left, right) = (manifest(&at_once).await, manifest(&merged).await);
        assert_eq!(left.mapping.field_order().collect::<Vec<_>>(), right.mapping.field_order().collect::<Vec<_>>());
        assert_eq!((&left.splits[0].ranges, &left.splits[0].ids), (&right.splits[0].ranges, &right.splits[0].ids));
        let at_once = TestIndex::open(&at_once, INDEX).await.expect("readable");
        let merged = TestIndex::open(&merged, INDEX).await.expect("readable");
        let texts = ["name", "tag", "object.inner"];
        for field in texts {
            for word in ["old", "new", "town", "hall", "x", "y", "z"] {
                let search = |index: &TestIndex| found(index, &*query(term(index, field, json!(word))));
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
            assert_eq!(found(&merged, &*query(term(&merged, field, value))).len(), 1, "{field}");
        }
        for words in [["x", "y"], ["y", "z"], ["z", "old"]] {
            let phrase = |index: &TestIndex| {
                let words = words.map(|word| term(index, "object.inner", json!(word)));
                index.searcher().search(&PhraseQuery::new(words.to_vec()), &Count).expect("searched")
            };
            assert_eq!(phrase(&at_once), phrase(&merged), "{words:?}");
        }
        let both = |index: &TestIndex| {
            let clause = |field, word| (Occur::Should, query(term(index, field, json!(word))));
            found(
                index,
                &BooleanQuery::new(vec![clause("name", "town"), clause("tag", "y"), clause("object.inner", "old")]),
            )
        };
        assert_eq!(both(&at_once), both(&merged));
        let exists = |index: &TestIndex, name| {
            found(index, &*query(Term::from_field_text(index.field_names_field(), name))).len()
        };
        for name in ["name", "object", "object.inner", "where_it_is", "where", "tag.keyword"] {
            assert_eq!(exists(&at_once, name), exists(&merged, name), "{name}");
        }
        let columns = merged.searcher().segment_reader(0).fast_fields();
        let population = columns.i64("population").expect("a column");
        let ids: Vec<_> =
            (0..5).map(|document| merged.stored(DocAddress::new(0, document)).expect("stored").id).collect();
        assert_eq!(ids, ["1", "2", "3", "4", "5"], "in the order of their splits");
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
        assert_eq!(delete_ids(&storage, INDEX, &["0003", "0012"]).await.expect("deleted"), 2);
        assert_eq!(ids(&storage).await.len(), 13);
    });
}

#[test]
fn a_split_with_many_deleted_documents_is_written_anew() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &lines(0..10)).await;
        delete_ids(&storage, INDEX, &["0001", "0004"]).await.expect("deleted");
        assert_eq!(merge_with(&storage, &MergeOptions::default()).await, MergeReport::default());
        delete_ids(&storage, INDEX, &["0009"]).await.expect("deleted");
        let report = merge_with(&storage, &MergeOptions::default()).await;
        assert_eq!((report.merged, report.written, report.dropped), (1, 1, 3));
        let manifest = manifest(&storage).await;
        assert_eq!((manifest.splits[0].documents, manifest.splits[0].deleted()), (7, 0));
        assert_eq!(ids(&storage).await, [0, 2, 3, 5, 6, 7, 8]);
    });
}

/// A storage where something happens just before the manifest is written for the first time.
fn interrupted(storage: &Arc<dyn Storage>, happens: impl FnOnce() + Send + 'static) -> Arc<dyn Storage> {
    let happens = Mutex::new(Some(happens));
    Arc::new(Hooked::new(storage.clone(), move |key| {
        if key.ends_with("manifest.json")
            && let Some(happens) = happens.lock().expect("not poisoned").take()
        {
            // A future cannot wait for another one that runs inside of it.
            std::thread::scope(|scope| scope.spawn(happens).join()).expect("no panic");
        }
    }))
}

#[test]
fn documents_that_are_deleted_or_replaced_meanwhile_stay_so() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 4, &lines(0..12)).await;
        delete_ids(&storage, INDEX, &["0000", "0005"]).await.expect("deleted");
        let others = storage.clone();
        let merging = interrupted(&storage, move || {
            block_on(async {
                delete_ids(&others, INDEX, &["0001", "0006", "0011"]).await.expect("deleted");
                assert_eq!(add(&others, &lines([3, 7, 5, 100])).await.replaced, 2);
            });
        });
        let report = merge_splits(&merging, INDEX, &FULL, |_| ()).await.expect("merged");
        assert_eq!((report.merged, report.written, report.dropped), (3, 1, 2));
        assert_eq!(ids(&storage).await, [2, 3, 4, 5, 7, 8, 9, 10, 100]);
        let manifest = manifest(&storage).await;
        let counts: Vec<_> = manifest.splits.iter().map(|split| (split.documents, split.deleted())).collect();
        assert_eq!(counts, [(10, 5), (4, 0)]);
        assert_eq!(verify_index(&storage, INDEX, |_| ()).await.expect("readable").problems, []);
    });
}

#[test]
fn documents_may_all_disappear_meanwhile() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..4)).await;
        delete_ids(&storage, INDEX, &["0000"]).await.expect("deleted");
        let others = storage.clone();
        let merging = interrupted(&storage, move || {
            // One document of each split is left: all of the merged split are deleted afterwards.
            block_on(delete_ids(&others, INDEX, &["0002"])).expect("deleted");
        });
        merge_splits(&merging, INDEX, &FULL, |_| ()).await.expect("merged");
        assert_eq!(ids(&storage).await, [1, 3]);
        assert_eq!(delete_ids(&storage, INDEX, &["0001", "0003"]).await.expect("deleted"), 2);
        assert!(manifest(&storage).await.splits.is_empty());
    });
}

#[test]
fn a_merge_of_splits_that_others_have_changed_is_given_up() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..8)).await;
        let others = storage.clone();
        let merging = interrupted(&storage, move || {
            // The second split is gone.
            block_on(delete_ids(&others, INDEX, &["0002", "0003"])).expect("deleted");
        });
        let report = merge_splits(&merging, INDEX, &FULL, |_| ()).await.expect("merged");
        assert_eq!((report.merged, report.written, report.given_up), (3, 1, 1));
        assert_eq!(ids(&storage).await, [0, 1, 4, 5, 6, 7]);
        let manifest = manifest(&storage).await;
        let known = manifest.objects().count() + manifest.retired.len();
        assert_eq!(objects(&storage).await.len(), known, "the split that was written in vain was removed");

        // Another merger does all of the work.
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..8)).await;
        let others = storage.clone();
        let merging = interrupted(&storage, move || {
            assert_eq!(block_on(merge(&others)).merged, 4);
        });
        let report = merge_splits(&merging, INDEX, &FULL, |_| ()).await.expect("nothing left to do");
        assert_eq!(report, MergeReport { given_up: 1, ..MergeReport::default() });
        assert_eq!(ids(&storage).await, (0..8).collect::<Vec<_>>());
    });
}

#[test]
fn splits_that_are_added_meanwhile_are_left_alone() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add_in_splits(&storage, 2, &lines(0..4)).await;
        let others = storage.clone();
        let merging = interrupted(&storage, move || {
            let options = AddOptions { split_documents: 1, ..AddOptions::default() };
            let line = r#"{"_id": "0009", "new field": "x"}"#;
            block_on(add_documents(&others, INDEX, line.as_bytes(), &options, |_| ())).expect("added");
        });
        let report = merge_splits(&merging, INDEX, &FULL, |_| ()).await.expect("merged");
        assert_eq!((report.merged, report.written), (2, 1));
        assert_eq!(manifest(&storage).await.splits.len(), 2);
        assert_eq!(merge(&storage).await.merged, 2);
        assert_eq!(ids(&storage).await, [0, 1, 2, 3, 9]);
    });
}
