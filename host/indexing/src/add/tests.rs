//! Adding documents: input, options and errors.

use std::io::Write;
use std::sync::Arc;

use futures::executor::block_on;
use quidditch_index::IndexError;
use quidditch_storage::{LocalFolder, Storage};
use serde_json::json;

use super::*;
use crate::fixture::{INDEX, TestIndex, add, chain, interrupted, memory, store_with_index, town_lines, writer};
use crate::{create_index, delete_index};

async fn add_with(storage: &Arc<dyn Storage>, lines: &str, options: &AddOptions) -> Result<AddReport, IndexingError> {
    writer(storage).add_documents(lines.as_bytes(), options, |_| ()).await
}

async fn open(storage: &Arc<dyn Storage>) -> TestIndex {
    TestIndex::open(storage, INDEX).await.expect("readable")
}

#[test]
fn bad_documents_are_skipped_and_reported() {
    let lines = concat!("{\"n\": 1}\n", "not JSON\n", "\n", "{\"n\": \"x\"}\n", "{\"n\": 2, \"new\": 1}\n");
    block_on(async {
        let mapping = json!({"dynamic": "strict", "properties": {"n": {"type": "long"}}});
        let storage = store_with_index(mapping.clone()).await;
        let report = add(&storage, lines).await;
        let bad: Vec<_> = report.bad_documents.iter().map(|bad| format!("{}: {}", bad.line, bad.reason)).collect();
        assert_eq!((report.added, report.skipped), (1, 3));
        insta::assert_snapshot!(bad.join("\n"), @r#"
        2: not valid JSON: expected ident at line 1 column 2
        4: field [n] of type [long]: "x" is not a number
        5: unknown field [new] in [document], which has a strict mapping
        "#);
        assert_eq!(open(&storage).await.documents(), 1);

        let storage = store_with_index(mapping).await;
        let before = storage.list("").await.expect("listed");
        let options = AddOptions { on_error: OnError::Fail, split_documents: 1, ..AddOptions::default() };
        let error = add_with(&storage, lines, &options).await.expect_err("rejected");
        insta::assert_snapshot!(chain(&error), @"invalid document in line 2: not valid JSON: expected ident at line 1 column 2");
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
        insta::assert_snapshot!(format!("{}: {}", bad.line, bad.reason), @"2: longer than 8 bytes");
    });
}

#[test]
fn input_may_be_gzip() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(town_lines(100).as_bytes()).expect("written");
        let gzip = encoder.finish().expect("written");
        let options = AddOptions::default();
        let mut seen = Vec::new();
        let report =
            writer(&storage).add_documents(&gzip[..], &options, |progress| seen.push(progress)).await.expect("added");
        assert_eq!(report.added, 100);
        assert_eq!(seen.last().map(|progress| progress.lines), Some(100));

        let cut =
            writer(&storage).add_documents(&gzip[..gzip.len() - 9], &options, |_| ()).await.expect_err("truncated");
        insta::assert_snapshot!(cut, @"cannot read the documents after line 100");
        assert_eq!(open(&storage).await.documents(), 100);
        assert_eq!(storage.list("").await.expect("listed").len(), 2);
    });
}

#[test]
fn adding_requires_an_index() {
    let error = block_on(add_with(&memory(), "{}", &AddOptions::default())).expect_err("no index");
    insta::assert_snapshot!(error, @"no such index [cities]");
}

#[test]
fn concurrent_writers_lose_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let storage: Arc<dyn Storage> = Arc::new(LocalFolder::new(folder.path()));
    block_on(create_index(&storage, INDEX, &Mapping::default())).expect("created");
    // Each adds fields of its own, and a field that all have, with different types.
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
    assert_eq!(snapshot.count("shared", &json!("1")), 200);
    for writer in 0..4 {
        for round in 0..5 {
            let own = format!("own_{writer}_{round}");
            assert_eq!(snapshot.count_existing(&own), 10);
            assert_eq!(snapshot.count(&own, &json!("x")), 10);
        }
    }
}

#[test]
fn an_index_that_was_recreated_gets_no_documents_of_the_old_one() {
    block_on(async {
        let storage = store_with_index(json!({"properties": {"a": {"type": "long"}}})).await;
        let others = storage.clone();
        // The index is replaced by one with another field just before the first write.
        let replacing = interrupted(&storage, "", async move {
            delete_index(&others, INDEX).await.expect("deleted");
            let mapping = json!({"properties": {"other": {"type": "long"}}});
            let mapping = Mapping::from_json(&mapping).expect("valid");
            create_index(&others, INDEX, &mapping).await.expect("created");
        });
        let error = add_with(&replacing, r#"{"a": 1}"#, &AddOptions::default()).await.expect_err("replaced");
        assert!(matches!(error, IndexingError::Index(IndexError::NotFound { .. })), "{error}");
        assert_eq!(open(&storage).await.documents(), 0);
        assert_eq!(storage.list("").await.expect("listed").len(), 1);
    });
}
