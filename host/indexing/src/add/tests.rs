//! Adding documents and reading them again.

#![expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]

use std::io::Write;
use std::ops::Range;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use futures::executor::block_on;
use quidditch_index::{FieldValue, list_indices};
use quidditch_storage::{Counting, Counts, Entry, LocalFolder, MemoryStorage, Object, StorageError, Version};
use serde_json::{Value as Json, json};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Term};

use super::*;
use crate::create_index;
use crate::fixture::Crashing;
use crate::test_index::TestIndex;

const INDEX: &str = "cities";

fn memory() -> Arc<dyn Storage> {
    Arc::new(MemoryStorage::new())
}

async fn store_with_index(mapping: Json) -> Arc<dyn Storage> {
    let storage = memory();
    create_index(&storage, INDEX, &Mapping::from_json(&mapping).expect("valid")).await.expect("made");
    storage
}

async fn add_with(storage: &Arc<dyn Storage>, lines: &str, options: &AddOptions) -> Result<AddReport, IndexError> {
    add_documents(storage, INDEX, lines.as_bytes(), options, |_| ()).await
}

async fn add(storage: &Arc<dyn Storage>, lines: &str) -> AddReport {
    add_with(storage, lines, &AddOptions::default()).await.expect("added")
}

async fn open(storage: &Arc<dyn Storage>) -> TestIndex {
    TestIndex::open(storage, INDEX).await.expect("readable")
}

fn term(snapshot: &TestIndex, field: &str, value: Json) -> Term {
    let field = snapshot.mapping().field(field).expect("mapped");
    let value = field.query_value(&value, 0).expect("valid").expect("possible");
    field.term(&value).expect("of the same kind")
}

fn query(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn count(snapshot: &TestIndex, field: &str, value: Json) -> usize {
    snapshot.searcher().search(&query(term(snapshot, field, value)), &Count).expect("searched")
}

fn exists(snapshot: &TestIndex, name: &str) -> usize {
    let term = Term::from_field_text(snapshot.field_names_field(), name);
    snapshot.searcher().search(&query(term), &Count).expect("searched")
}

/// The ids of the best documents with their scores.
async fn best(snapshot: &TestIndex, query: &dyn Query) -> Vec<(String, f32)> {
    let found = snapshot.searcher().search(query, &TopDocs::with_limit(1000).order_by_score()).expect("searched");
    let mut best = Vec::new();
    for (score, address) in found {
        best.push((snapshot.stored(address).expect("stored").id, score));
    }
    best.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    best
}

#[test]
fn documents_are_found_and_come_back_as_they_were() {
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

        assert_eq!(count(&snapshot, "name", json!("run")), 1);
        assert_eq!(count(&snapshot, "name.raw", json!("The running cities")), 1);
        assert_eq!(count(&snapshot, "population", json!(-7)), 1);
        assert_eq!(count(&snapshot, "at", json!("2024-05-17")), 1);
        assert_eq!(count(&snapshot, "area", json!(0.1)), 1);
        assert_eq!(count(&snapshot, "capital", json!(true)), 1);
        assert_eq!(exists(&snapshot, "location"), 1);
        assert_eq!(exists(&snapshot, "name.raw"), 2);
        assert_eq!(exists(&snapshot, "nothing"), 0);

        let id = Term::from_field_text(snapshot.id_field(), "2");
        let found = snapshot.searcher().search(&query(id), &TopDocs::with_limit(2).order_by_score()).expect("searched");
        let stored = snapshot.stored(found[0].1).expect("stored");
        assert_eq!((found.len(), stored.id.as_str()), (1, "2"));
        assert_eq!(stored.source, r#"{"name":["A", "B"],"population":[7, -7],"location":[[1, 2], [3, 4]]}"#);
        assert!(snapshot.stored(DocAddress::new(0, 2)).is_err());

        let entry = snapshot_ranges(&storage).await.remove(0);
        assert_eq!(
            entry,
            r#"{"area":{"min":0.10000000149011612,"max":0.10000000149011612},"at":{"min":1715904000000,"max":1715904000000},"location.lat":{"min":2.0,"max":4.0},"location.lon":{"min":1.0,"max":3.0},"population":{"min":-7,"max":7}}"#
        );

        assert!(snapshot.is_current().await.expect("answered"));
        add(&storage, "{}").await;
        assert!(!snapshot.is_current().await.expect("answered"));
        snapshot = open(&storage).await;
        assert_eq!((snapshot.documents(), snapshot.splits()), (3, 2));
        crate::delete_index(&storage, INDEX).await.expect("removed");
        assert!(!snapshot.is_current().await.expect("answered"));
        assert!(storage.list("").await.expect("listed").is_empty());
        assert_eq!(count(&snapshot, "population", json!(5)), 1);
    });
}

async fn snapshot_ranges(storage: &Arc<dyn Storage>) -> Vec<String> {
    let (manifest, _) = Manifest::read(storage, INDEX).await.expect("readable");
    manifest.splits.iter().map(|split| serde_json::to_string(&split.ranges).expect("JSON")).collect()
}

#[test]
fn columns_are_found_by_their_exact_names() {
    block_on(async {
        // A name with a dot, a backslash and a slash; one that begins like another; and a field beside an object's.
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
            assert_eq!(count(&snapshot, field, value), 1, "{field}");
        }
        let both = BooleanQuery::new(vec![
            (Occur::Must, query(term(&snapshot, "name", json!("town")))),
            (Occur::Should, query(term(&snapshot, "tag", json!("x")))),
        ]);
        let ids: Vec<_> = best(&snapshot, &both).await.into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["new", "old"]);
        let phrase = PhraseQuery::new(vec![term(&snapshot, "tag", json!("x")), term(&snapshot, "tag", json!("y"))]);
        assert_eq!(snapshot.searcher().search(&phrase, &Count).expect("searched"), 1);
        let columns: Vec<_> = snapshot
            .searcher()
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().column_opt::<i64>("size").expect("readable").is_some())
            .collect();
        assert_eq!(columns.iter().filter(|has| **has).count(), 1);
        assert_eq!(exists(&snapshot, "size"), 1);
    });
}

/// Some documents whose words are spread unevenly.
fn town_lines(count: usize) -> String {
    (0..count)
        .map(|number| {
            let words = ["old", "new", "big", "town"].iter().enumerate();
            let words: Vec<_> = words.filter(|(place, _)| (number >> place) % 3 != 1).map(|(_, word)| *word).collect();
            format!("{}\n", json!({"_id": format!("{number:04}"), "name": words.join(" "), "n": number}))
        })
        .collect()
}

#[test]
fn scores_over_several_splits_equal_those_of_one() {
    block_on(async {
        let mapping = json!({"properties": {"name": {"type": "text"}, "n": {"type": "long"}}});
        let lines = town_lines(200);
        let one = store_with_index(mapping.clone()).await;
        add(&one, &lines).await;
        let many = store_with_index(mapping).await;
        let report =
            add_with(&many, &lines, &AddOptions { split_documents: 30, ..AddOptions::default() }).await.expect("added");
        assert_eq!((report.splits, report.added), (7, 200));

        let (one, many) = (open(&one).await, open(&many).await);
        assert_eq!((one.splits(), many.splits()), (1, 7));
        for words in [&["old"][..], &["new", "town"], &["big", "old", "town"]] {
            let query = |snapshot: &TestIndex| {
                BooleanQuery::new(
                    words.iter().map(|word| (Occur::Should, query(term(snapshot, "name", json!(word))))).collect(),
                )
            };
            let expected = best(&one, &query(&one)).await;
            assert!(!expected.is_empty());
            assert_eq!(best(&many, &query(&many)).await, expected);
        }
        let n = one.mapping().field("n").expect("mapped");
        assert_eq!(n.value_from_json(&json!(3)), Ok(FieldValue::Integer(3)));
        assert_eq!(count(&many, "n", json!(3)), 1);
    });
}

#[test]
fn requests_are_as_few_as_can_be() {
    block_on(async {
        let counting = Arc::new(Counting::new(store_with_index(json!({})).await));
        let storage: Arc<dyn Storage> = counting.clone();
        let start = counting.counts();
        add_with(&storage, &town_lines(20), &AddOptions { split_documents: 10, ..AddOptions::default() })
            .await
            .expect("added");
        let added = counting.counts();
        // Reads of the manifest: at first, for the new fields, and at last. Writes: new fields, two splits, all documents.
        assert_eq!(((added - start).gets, (added - start).puts), (3, 4));

        let snapshot = open(&storage).await;
        let opened = counting.counts();
        assert_eq!((opened - added).gets, 3);
        assert!(snapshot.is_current().await.expect("answered"));
        let asked = counting.counts();
        assert_eq!((asked - opened, asked.heads), (Counts { heads: 1, ..Counts::default() }, 1));
        best(&snapshot, &query(term(&snapshot, "name", json!("town")))).await;
        assert_eq!(counting.counts(), asked);

        // No new fields: nothing to agree on. No id: nothing to look up.
        add(&storage, r#"{"name": "old town"}"#).await;
        let again = counting.counts() - asked;
        assert_eq!((again.gets, again.puts, again.lists, again.deletes), (2, 2, 0, 0));
    });
}

#[test]
fn splits_end_at_their_limits() {
    block_on(async {
        for (split_documents, splits) in [(10, 1), (9, 2), (5, 2), (1, 10)] {
            let storage = store_with_index(json!({})).await;
            let options = AddOptions { split_documents, ..AddOptions::default() };
            let report = add_with(&storage, &town_lines(10), &options).await.expect("added");
            assert_eq!((report.splits, report.added), (splits, 10));
            assert_eq!(open(&storage).await.documents(), 10);
        }
        let storage = store_with_index(json!({})).await;
        let options = AddOptions { split_memory_bytes: 20_000_000, ..AddOptions::default() };
        let line = |number: usize| format!("{}\n", json!({"_id": number.to_string(), "text": "word ".repeat(200_000)}));
        let report = add_with(&storage, &(0..50).map(line).collect::<String>(), &options).await.expect("added");
        assert_eq!(report.added, 50);
        assert!(report.splits >= 2, "{report:?}");
        assert_eq!(open(&storage).await.documents(), 50);
    });
}

#[test]
fn fields_that_come_late_end_a_split() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        // More than one batch before the new field, also where the first has new fields.
        let filler = format!("{}\n", json!({"text": "x".repeat(read_ahead::BATCH_WITH_NEW_FIELDS_BYTES / 4)}));
        let lines = format!("{}{}", filler.repeat(5), r#"{"late": "field"}"#);
        let report = add(&storage, &lines).await;
        assert_eq!((report.added, report.splits), (6, 2));
        let snapshot = open(&storage).await;
        assert_eq!(exists(&snapshot, "late"), 1);
        assert_eq!(exists(&snapshot, "text"), 5);
    });
}

#[test]
fn fields_that_come_soon_after_each_other_end_no_split() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let text = "x".repeat(read_ahead::BATCH_BYTES);
        let line = |number: usize| format!("{}\n", json!({"text": text, (format!("field_{number}")): number}));
        let report = add(&storage, &(0..5).map(line).collect::<String>()).await;
        assert_eq!((report.added, report.splits), (5, 1));
    });
}

#[test]
fn bad_documents_are_skipped_and_told() {
    let lines = concat!("{\"n\": 1}\n", "no JSON\n", "\n", "{\"n\": \"x\"}\n", "{\"n\": 2, \"new\": 1}\n");
    block_on(async {
        let mapping = json!({"dynamic": "strict", "properties": {"n": {"type": "long"}}});
        let storage = store_with_index(mapping.clone()).await;
        let report = add(&storage, lines).await;
        let bad: Vec<_> = report.bad_documents.iter().map(|bad| format!("{}: {}", bad.line, bad.reason)).collect();
        assert_eq!((report.added, report.skipped), (1, 3));
        insta::assert_snapshot!(bad.join("\n"), @r#"
        2: it is no JSON: expected ident at line 1 column 2
        4: field [n] of type [long]: "x" is no number
        5: there is no [new] in the strict mapping of [document]
        "#);
        assert_eq!(open(&storage).await.documents(), 1);

        let storage = store_with_index(mapping).await;
        let before = storage.list("").await.expect("listed");
        let options = AddOptions { on_error: OnError::Fail, split_documents: 1, ..AddOptions::default() };
        let error = add_with(&storage, lines, &options).await.expect_err("refused");
        insta::assert_snapshot!(error, @"invalid document in line 2: it is no JSON: expected ident at line 1 column 2");
        assert_eq!(storage.list("").await.expect("listed"), before);
    });
}

#[test]
fn reports_are_bounded() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let report = add(&storage, &"x\n".repeat(DESCRIBED_BAD_DOCUMENTS + 5)).await;
        assert_eq!((report.skipped, report.bad_documents.len()), (105, DESCRIBED_BAD_DOCUMENTS));
        assert_eq!((report.added, report.splits), (0, 0));
    });
}

#[test]
fn lines_are_limited() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let line = r#"{"a": 1}"#;
        let options = AddOptions { max_line_bytes: line.len(), ..AddOptions::default() };
        let report = add_with(&storage, &format!("{line}\n{line} \n{line}"), &options).await.expect("added");
        assert_eq!((report.added, report.skipped), (2, 1));
        let [bad] = report.bad_documents.as_slice() else { panic!("one bad document") };
        insta::assert_snapshot!(format!("{bad:?}"), @r#"BadDocument { line: 2, reason: "it is longer than 8 bytes" }"#);
    });
}

#[test]
fn input_may_be_compressed_and_must_be_readable() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(town_lines(100).as_bytes()).expect("written");
        let gzip = encoder.finish().expect("written");
        let options = AddOptions::default();
        let mut seen = Vec::new();
        let report =
            add_documents(&storage, INDEX, &gzip[..], &options, |progress| seen.push(progress)).await.expect("added");
        assert_eq!(report.added, 100);
        assert_eq!(seen.last().map(|progress| progress.lines), Some(100));

        let cut = add_documents(&storage, INDEX, &gzip[..gzip.len() - 9], &options, |_| ()).await.expect_err("cut off");
        insta::assert_snapshot!(cut, @"cannot read the documents after line 100");
        assert_eq!(open(&storage).await.documents(), 100);
        assert_eq!(storage.list("").await.expect("listed").len(), 2);
    });
}

#[test]
fn adding_needs_an_index() {
    let error = block_on(add_with(&memory(), "{}", &AddOptions::default())).expect_err("no index");
    insta::assert_snapshot!(error, @"no such index [cities]");
}

#[test]
fn writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let storage: Arc<dyn Storage> = Arc::new(LocalFolder::new(folder.path()));
    block_on(create_index(&storage, INDEX, &Mapping::default())).expect("made");
    // Each brings fields of its own, and one that all have with different types.
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let storage = storage.clone();
            std::thread::spawn(move || {
                for round in 0..5 {
                    let shared = if writer % 2 == 0 { json!(1) } else { json!("1") };
                    let own = format!("own_{writer}_{round}");
                    let lines: String =
                        (0..10).map(|_| format!("{}\n", json!({"shared": shared, (own.clone()): "x"}))).collect();
                    let report = block_on(add(&storage, &lines));
                    assert_eq!((report.added, report.skipped), (10, 0), "{report:?}");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().expect("no panic");
    }
    let snapshot = block_on(open(&storage));
    assert_eq!((snapshot.documents(), snapshot.splits()), (200, 20));
    assert_eq!(count(&snapshot, "shared", json!("1")), 200);
    for writer in 0..4 {
        for round in 0..5 {
            let own = format!("own_{writer}_{round}");
            assert_eq!(exists(&snapshot, &own), 10);
            assert_eq!(count(&snapshot, &own, json!("x")), 10);
        }
    }
}

#[test]
fn a_crash_while_making_or_removing_leaves_an_index_or_none() {
    for after_the_write in [false, true] {
        for moment in 0..6 {
            let inner = block_on(store_with_index(json!({})));
            block_on(add(&inner, "{}"));
            let crashing: Arc<dyn Storage> = Arc::new(Crashing::new(inner.clone(), moment, after_the_write));
            let removed = block_on(crate::delete_index(&crashing, INDEX));
            let left = block_on(list_indices(&inner)).expect("listed");
            if left.is_empty() {
                block_on(create_index(&inner, INDEX, &Mapping::default())).expect("made again");
                assert_eq!(block_on(open(&inner)).documents(), 0);
            } else {
                assert!(removed.is_err());
                assert_eq!(block_on(open(&inner)).documents(), 1);
            }
        }
    }
}

#[test]
fn damaged_objects_are_named() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, r#"{"a": 1}"#).await;
        let split = storage.list("cities/splits/").await.expect("listed").remove(0).key;
        let whole = storage.get(&split).await.expect("there").bytes;
        let open_error =
            async || TestIndex::open(&storage, INDEX).await.expect_err("damaged").to_string().replace(&split, "SPLIT");

        let mut damaged = whole.to_vec();
        damaged[10] ^= 1;
        storage.put(&split, damaged.into(), Precondition::None).await.expect("written");
        insta::assert_snapshot!(open_error().await, @r#"object "SPLIT" is damaged: the checksum of its block at byte 0 is wrong"#);
        storage.put(&split, whole.slice(..whole.len() - 1), Precondition::None).await.expect("written");
        assert!(
            open_error().await.starts_with("object \"SPLIT\" is damaged: it was cut off: "),
            "{}",
            open_error().await
        );
        storage.delete(&split).await.expect("removed");
        insta::assert_snapshot!(open_error().await, @r#"object "SPLIT" is damaged: it is missing"#);
        storage.put("cities/manifest.json", Bytes::from_static(b"{"), Precondition::None).await.expect("written");
        assert!(open_error().await.starts_with("object \"cities/manifest.json\" is damaged: it cannot be read: "));
    });
}

#[test]
fn an_index_that_was_made_anew_takes_no_old_documents() {
    block_on(async {
        let storage = store_with_index(json!({"properties": {"a": {"type": "long"}}})).await;
        let replacing: Arc<dyn Storage> = Arc::new(Replacing { inner: storage.clone(), done: Mutex::new(false) });
        let error = add_with(&replacing, r#"{"a": 1}"#, &AddOptions::default()).await.expect_err("replaced");
        assert!(matches!(error, IndexError::NotFound { .. }), "{error}");
        assert_eq!(open(&storage).await.documents(), 0);
        assert_eq!(storage.list("").await.expect("listed").len(), 1);
    });
}

#[test]
fn queries_are_analyzed_as_the_mapping_says() {
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

/// A storage whose index is replaced by another one, with other fields, when the first split is written.
#[derive(Debug)]
struct Replacing {
    inner: Arc<dyn Storage>,
    done: Mutex<bool>,
}

#[async_trait]
impl Storage for Replacing {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.inner.get(key).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        self.inner.get_range(key, range).await
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        let first = !std::mem::replace(&mut *self.done.lock().expect("not poisoned"), true);
        if first {
            crate::delete_index(&self.inner, INDEX).await.expect("removed");
            let mapping = Mapping::from_json(&json!({"properties": {"other": {"type": "long"}}})).expect("valid");
            create_index(&self.inner, INDEX, &mapping).await.expect("made");
        }
        self.inner.put(key, bytes, precondition).await
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.inner.head(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.inner.delete(key).await
    }
}
