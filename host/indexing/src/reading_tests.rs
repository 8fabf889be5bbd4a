//! What was written is read: the documents, their fields, and the damage.

use std::sync::Arc;

use bytes::Bytes;
use futures::executor::block_on;
use quidditch_index::FieldValue;
use quidditch_storage::{Precondition, Storage};
use serde_json::json;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Term};

use crate::fixture::{INDEX, TestIndex, add, add_in_splits, chain, manifest, store_with_index, town_lines};
use crate::{AddReport, delete_index};

async fn open(storage: &Arc<dyn Storage>) -> TestIndex {
    TestIndex::open(storage, INDEX).await.expect("readable")
}

#[test]
fn documents_are_found_and_returned_unchanged() {
    block_on(async {
        let storage = store_with_index(json!({"properties": {
            "name": {"type": "text", "analyzer": "english", "fields": {"raw": {"type": "keyword"}}},
            "population": {"type": "long"}, "at": {"type": "date"}, "area": {"type": "float"}, "capital": {"type": "boolean"},
            "location": {"type": "geo_point"}}}))
        .await;
        let report = add(&storage, concat!(
            r#"{"_id": "1", "name": "The running cities", "population": 5, "at": "2024-05-17", "area": 0.1, "capital": true}"#, "\n",
            "\n",
            r#"{"_id": "2", "name": ["A", "B"], "population": [7, -7],  "location": [[1, 2], [3, 4]]}"#, "\r\n",
        )).await;
        let mut snapshot = open(&storage).await;
        assert_eq!(report, AddReport { added: 2, splits: 1, bytes: snapshot.size_bytes(), ..AddReport::default() });
        assert_eq!((snapshot.name(), snapshot.documents(), snapshot.splits()), (INDEX, 2, 1));

        assert_eq!(snapshot.count("name", &json!("run")), 1);
        assert_eq!(snapshot.count("name.raw", &json!("The running cities")), 1);
        assert_eq!(snapshot.count("population", &json!(-7)), 1);
        assert_eq!(snapshot.count("at", &json!("2024-05-17")), 1);
        assert_eq!(snapshot.count("area", &json!(0.1)), 1);
        assert_eq!(snapshot.count("capital", &json!(true)), 1);
        assert_eq!(snapshot.count_existing("location"), 1);
        assert_eq!(snapshot.count_existing("name.raw"), 2);
        assert_eq!(snapshot.count_existing("nothing"), 0);

        let id = TermQuery::new(Term::from_field_text(snapshot.id_field(), "2"), IndexRecordOption::Basic);
        let found = snapshot.searcher().search(&id, &TopDocs::with_limit(2).order_by_score()).expect("searched");
        let stored = snapshot.stored(found[0].1).expect("stored");
        assert_eq!((found.len(), stored.id.as_str()), (1, "2"));
        assert_eq!(stored.source, r#"{"name":["A", "B"],"population":[7, -7],"location":[[1, 2], [3, 4]]}"#);
        assert!(snapshot.stored(DocAddress::new(0, 2)).is_err());

        let entry = ranges(&storage).await.remove(0);
        assert_eq!(
            entry,
            r#"{"area":{"min":0.10000000149011612,"max":0.10000000149011612},"at":{"min":1715904000000,"max":1715904000000},"location.lat":{"min":2.0,"max":4.0},"location.lon":{"min":1.0,"max":3.0},"population":{"min":-7,"max":7}}"#
        );

        assert!(snapshot.is_current().await.expect("answered"));
        add(&storage, "{}").await;
        assert!(!snapshot.is_current().await.expect("answered"));
        snapshot = open(&storage).await;
        assert_eq!((snapshot.documents(), snapshot.splits()), (3, 2));
        delete_index(&storage, INDEX).await.expect("removed");
        assert!(!snapshot.is_current().await.expect("answered"));
        assert!(storage.list("").await.expect("listed").is_empty());
        assert_eq!(snapshot.count("population", &json!(5)), 1);
    });
}

async fn ranges(storage: &Arc<dyn Storage>) -> Vec<String> {
    let splits = manifest(storage).await.splits;
    splits.iter().map(|split| serde_json::to_string(&split.ranges).expect("JSON")).collect()
}

#[test]
fn columns_are_found_by_their_exact_names() {
    block_on(async {
        // Names with a dot, a backslash and a slash; a name that begins like another; and a field next to an object's.
        let storage = store_with_index(json!({"properties": {
            "a": {"properties": {"b": {"type": "long"}, "b c": {"type": "keyword"}, r"d\": {"type": "double"}, "e/f": {"type": "geo_point"}}},
            "ab": {"type": "boolean"}, "k": {"type": "text", "fields": {"raw": {"type": "keyword"}}}}})).await;
        add(&storage, r#"{"a": {"b": [3, 1, 2], "b c": ["y", "x"], "d\\": 0.5, "e/f": [["1", "2"], "4,3", "2,1"]}, "ab": true, "k": "z"}"#.replace(r#"["1", "2"]"#, "[9, 8]").as_str()).await;
        let snapshot = open(&storage).await;
        let columns = snapshot.searcher().segment_reader(0).fast_fields();
        let column = |name: &str| {
            snapshot.mapping().field(name).expect("mapped").column_name().expect("has a column").to_owned()
        };

        let integers = columns.i64(&column("a.b")).expect("a column");
        assert_eq!(integers.values_for_doc(0).collect::<Vec<_>>(), [3, 1, 2]);
        let keywords = columns.str(&column("a.b c")).expect("readable").expect("a column");
        let mut terms = Vec::new();
        for ordinal in keywords.term_ords(0) {
            let mut term = String::new();
            assert!(keywords.ord_to_str(ordinal, &mut term).expect("readable"));
            terms.push(term);
        }
        terms.sort_unstable();
        assert_eq!(terms, ["x", "y"]);
        assert_eq!(columns.f64(&column(r"a.d\")).expect("a column").first(0), Some(0.5));
        assert_eq!(columns.bool(&column("ab")).expect("a column").first(0), Some(true));
        assert!(columns.str(&column("k.raw")).expect("readable").is_some());
        assert!(columns.str("_id").expect("readable").is_some());
        let (lat, lon) = snapshot.mapping().field("a.e/f").expect("mapped").point_columns().expect("a point");
        let lat: Vec<f64> = columns.f64(lat).expect("a column").values_for_doc(0).collect();
        let lon: Vec<f64> = columns.f64(lon).expect("a column").values_for_doc(0).collect();
        assert_eq!((lat, lon), (vec![8.0, 4.0, 2.0], vec![9.0, 3.0, 1.0]));
    });
}

#[test]
fn older_splits_are_read_under_newer_mappings() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, r#"{"_id": "old", "name": "old town"}"#).await;
        add(
            &storage,
            r#"{"_id": "new", "name": "new town", "tag": "x y", "size": 5, "at": "2024-01-01", "flag": true}"#,
        )
        .await;
        let snapshot = open(&storage).await;
        assert_eq!(snapshot.splits(), 2);
        for (field, value) in
            [("tag", json!("x")), ("tag.keyword", json!("x y")), ("size", json!(5)), ("flag", json!(true))]
        {
            assert_eq!(snapshot.count(field, &value), 1, "{field}");
        }
        let both = BooleanQuery::new(vec![
            (Occur::Must, snapshot.term_query("name", &json!("town"))),
            (Occur::Should, snapshot.term_query("tag", &json!("x"))),
        ]);
        let ids: Vec<_> = snapshot.best(&both).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["new", "old"]);
        let phrase = PhraseQuery::new(vec![snapshot.term("tag", &json!("x")), snapshot.term("tag", &json!("y"))]);
        assert_eq!(snapshot.searcher().search(&phrase, &Count).expect("searched"), 1);
        let columns: Vec<_> = snapshot
            .searcher()
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().column_opt::<i64>("size").expect("readable").is_some())
            .collect();
        assert_eq!(columns.iter().filter(|has| **has).count(), 1);
        assert_eq!(snapshot.count_existing("size"), 1);
    });
}

#[test]
fn scores_over_several_splits_equal_those_of_one() {
    block_on(async {
        let mapping = json!({"properties": {"name": {"type": "text"}, "n": {"type": "long"}}});
        let lines = town_lines(200);
        let one = store_with_index(mapping.clone()).await;
        add(&one, &lines).await;
        let many = store_with_index(mapping).await;
        let report = add_in_splits(&many, 30, &lines).await;
        assert_eq!((report.splits, report.added), (7, 200));

        let (one, many) = (open(&one).await, open(&many).await);
        assert_eq!((one.splits(), many.splits()), (1, 7));
        for words in [&["old"][..], &["new", "town"], &["big", "old", "town"]] {
            let query = |snapshot: &TestIndex| {
                BooleanQuery::new(
                    words.iter().map(|word| (Occur::Should, snapshot.term_query("name", &json!(word)))).collect(),
                )
            };
            let expected = one.best(&query(&one));
            assert!(!expected.is_empty());
            assert_eq!(many.best(&query(&many)), expected);
        }
        let n = one.mapping().field("n").expect("mapped");
        assert_eq!(n.value_from_json(&json!(3)), Ok(Some(FieldValue::Integer(3))));
        assert_eq!(many.count("n", &json!(3)), 1);
    });
}

#[test]
fn damaged_objects_are_named() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, r#"{"a": 1}"#).await;
        let split = storage.list("cities/splits/").await.expect("listed").remove(0).key;
        let whole = storage.get(&split).await.expect("it exists").bytes;
        let open_error = async || {
            let error = TestIndex::open(&storage, INDEX).await.expect_err("damaged");
            chain(&error).replace(&split, "SPLIT")
        };

        let mut damaged = whole.to_vec();
        damaged[10] ^= 1;
        storage.put(&split, damaged.into(), Precondition::None).await.expect("written");
        insta::assert_snapshot!(open_error().await, @r#"object "SPLIT" is damaged: checksum mismatch in the block at byte 0"#);
        storage.put(&split, whole.slice(..whole.len() - 1), Precondition::None).await.expect("written");
        let error = open_error().await;
        assert!(error.starts_with("object \"SPLIT\" is damaged: truncated to "), "{error}");
        storage.delete(&split).await.expect("removed");
        insta::assert_snapshot!(open_error().await, @r#"object "SPLIT" is damaged: missing"#);
        storage.put("cities/manifest.json", Bytes::from_static(b"{"), Precondition::None).await.expect("written");
        let error = open_error().await;
        assert!(error.starts_with("object \"cities/manifest.json\" is damaged: not a valid manifest: "), "{error}");
    });
}

#[test]
fn queries_are_analyzed_with_the_search_analyzer() {
    block_on(async {
        let storage = store_with_index(json!({"properties": {
            "t": {"type": "text", "analyzer": "english", "search_analyzer": "simple"}, "k": {"type": "keyword"}}}))
        .await;
        let snapshot = open(&storage).await;
        let analyze = |name: &str| {
            let tokens = snapshot.analyze(snapshot.mapping().field(name).expect("mapped"), "Running Cities");
            tokens.into_iter().map(|token| (token.position, token.text)).collect::<Vec<_>>()
        };
        assert_eq!(analyze("t"), [(0, "running".to_owned()), (1, "cities".to_owned())]);
        assert_eq!(analyze("k"), [(0, "Running Cities".to_owned())]);
    });
}
