//! All documents that match, so that they can be deleted.

use crate::support::{engine, functions, ids, index, search, udf, writer};
use futures::executor::block_on;
use quidditch_engine::{Error, SearchRequest};
use quidditch_function::error_chain;
use quidditch_index::{Cost, DocumentId, Snapshot, SnapshotDocument};
use serde_json::{Value as Json, json};

fn numbers() -> Snapshot {
    let documents: Vec<Json> = (0..50).map(|n| json!({"_id": n.to_string(), "n": n, "tag": "x"})).collect();
    let mapping = json!({"properties": {"n": {"type": "long"}, "tag": {"type": "keyword"}}});
    index(mapping, &[&documents[..10], &documents[10..13], &documents[13..]])
}

fn matching(snapshot: &Snapshot, query: &Json) -> Result<Vec<SnapshotDocument>, Error> {
    let engine = engine();
    let request = SearchRequest::parse_count(&json!({"query": query}).to_string(), engine.limits())?;
    block_on(engine.matching(snapshot, &request, &functions(), &Default::default()))
}

/// The ids that are left when all documents that match are deleted.
fn left_without(query: &Json) -> Vec<String> {
    let snapshot = numbers();
    let documents = matching(&snapshot, query).expect("valid");
    assert!(documents.is_sorted(), "{documents:?}");
    let found: Vec<DocumentId> = documents.iter().map(|document| snapshot.document_id(*document)).collect();
    let writer = writer(snapshot.reader().storage());
    let deleted = block_on(writer.delete_documents(&found)).expect("nobody else writes");
    assert_eq!(deleted, documents.len() as u64);
    let snapshot = block_on(Snapshot::open(snapshot.reader(), "test", &Cost::default())).expect("readable");
    assert_eq!(matching(&snapshot, query).expect("valid"), [], "deleted documents do not match");
    ids(&search(&snapshot, &functions(), &json!({"size": 100, "sort": "n"})).expect("valid"))
}

fn numbers_but(is_deleted: impl Fn(u32) -> bool) -> Vec<String> {
    (0..50).filter(|n| !is_deleted(*n)).map(|n| n.to_string()).collect()
}

#[test]
fn all_documents_that_match_are_found_in_all_splits() {
    assert_eq!(left_without(&json!({"match_all": {}})), [""; 0]);
    assert_eq!(left_without(&json!({"match_none": {}})), numbers_but(|_| false));
    assert_eq!(left_without(&json!({"range": {"n": {"gte": 9, "lt": 14}}})), numbers_but(|n| (9..14).contains(&n)));
    assert_eq!(
        left_without(&json!({"ids": {"values": ["0", "12", "49", "50"]}})),
        numbers_but(|n| [0, 12, 49].contains(&n))
    );
    assert_eq!(left_without(&udf("bit", json!({"bit": 0}))), numbers_but(|n| n % 2 == 1));
    let both = json!({"bool": {"filter": [udf("bit", json!({"bit": 0})), {"term": {"tag": "x"}}, {"range": {"n": {"gt": 30}}}]}});
    assert_eq!(left_without(&both), numbers_but(|n| n % 2 == 1 && n > 30));
}

#[test]
fn a_function_that_fails_is_an_error_and_not_fewer_documents() {
    let error = matching(&numbers(), &udf("fail", json!({"at": 40}))).expect_err("it fails at one of the documents");
    insta::assert_snapshot!(error_chain(&error), @"a user function failed: function fail@0.0.0 failed to run: found 40");
}
