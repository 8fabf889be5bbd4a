//! Stored queries: their limits, their check, and hosts that cannot index documents.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{engine, engine_with, functions, ids, index, search_with};
use futures::executor::block_on;
use quidditch_clock::SystemClock;
use quidditch_engine::{Engine, Error, Limits};
use quidditch_function::error_chain;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

/// An index with as many stored queries, in two splits: the query of document `n` finds numbers that are at least `n`.
fn stored(queries: usize) -> Snapshot {
    let mapping =
        json!({"properties": {"query": {"type": "percolator"}, "n": {"type": "long"}, "t": {"type": "text"}}});
    let document = |n: usize| json!({"_id": n.to_string(), "query": {"range": {"n": {"gte": n}}}});
    let documents: Vec<Json> = (0..queries).map(document).collect();
    let (first, second) = documents.split_at(queries / 2);
    index(mapping, &[first, second, &[json!({"_id": "none"})]])
}

fn percolate(engine: &Engine, snapshot: &Snapshot, documents: &Json) -> Result<Json, Error> {
    let body = json!({"query": {"percolate": {"field": "query", "documents": documents}}, "sort": ["_doc"]});
    search_with(engine, snapshot, &functions(), &body)
}

#[test]
fn the_number_of_stored_queries_is_limited() {
    let engine = engine_with(Limits { max_percolated_queries: 4, ..Limits::default() });
    let found = percolate(&engine, &stored(4), &json!([{"n": 2}, {"n": 0}])).expect("at the limit");
    assert_eq!(ids(&found), ["0", "1", "2"]);
    assert_eq!(found["hits"]["hits"][0]["fields"], json!({"_percolator_document_slot": [0, 1]}));
    let error = percolate(&engine, &stored(5), &json!([{"n": 2}])).expect_err("over the limit");
    insta::assert_snapshot!(error_chain(&error), @"[percolate] would run the 5 stored queries of [query]; at most 4 are allowed");
}

#[test]
fn the_documents_of_all_percolate_queries_of_a_request_are_limited() {
    let engine = engine_with(Limits { max_percolated_documents: 3, ..Limits::default() });
    let snapshot = stored(2);
    let found = |documents: Json| {
        let one = json!({"percolate": {"field": "query", "document": {"n": 1}}});
        let several = json!({"percolate": {"field": "query", "documents": documents, "name": "several"}});
        let body = json!({"query": {"bool": {"must": [one, several]}}});
        search_with(&engine, &snapshot, &functions(), &body)
    };
    assert_eq!(ids(&found(json!([{"n": 1}, {"n": 0}])).expect("at the limit")), ["0", "1"]);
    let error = found(json!([{"n": 1}, {"n": 0}, {"n": 0}])).expect_err("over the limit");
    insta::assert_snapshot!(error_chain(&error), @"too many documents: [percolate] queries of a request may have at most 3, found 4 (at query.bool.must[1].percolate)");
}

#[test]
fn a_host_that_only_reads_refuses_to_percolate() {
    let reading = Engine::new(Limits::default(), Arc::new(SystemClock::default()));
    let error = percolate(&reading, &stored(1), &json!([{"n": 1}])).expect_err("refused");
    insta::assert_snapshot!(error_chain(&error), @"[percolate] queries are not supported here: this host only reads indices, and cannot index documents");
}

#[test]
fn stored_queries_take_part_in_the_time_limit() {
    let engine = engine_with(Limits { timeout: Duration::ZERO, ..Limits::default() });
    match percolate(&engine, &stored(3), &json!([{"n": 1}])) {
        Ok(found) => assert_eq!((&found["timed_out"], ids(&found).len()), (&json!(true), 0)),
        Err(error) => assert!(matches!(error, Error::TimedOut(_)), "{error:?}"),
    }
}

#[test]
fn queries_are_checked_before_they_are_stored() {
    let (engine, snapshot) = (engine(), stored(0));
    let check = |query: Json| {
        let query = query.as_object().expect("an object").clone();
        block_on(engine.check_stored_query(&snapshot, &query)).map_err(|error| error_chain(&error))
    };
    assert_eq!(check(json!({"bool": {"must": {"match": {"t": "a"}}, "must_not": {"exists": {"field": "n"}}}})), Ok(()));
    assert_eq!(check(json!({"ids": {"values": ["1"]}})), Ok(()));
    insta::assert_snapshot!(check(json!({"bool": {"must_not": {"term": {"other": 1}}}})).expect_err("unmapped"), @"No field mapping can be found for the field with name [other]");
    insta::assert_snapshot!(check(json!({"range": {"n": {"gte": "a"}}})).expect_err("no number"), @r#"failed to create query: field [n] of type [long]: "a" is not a number"#);
    insta::assert_snapshot!(check(json!({"percolate": {"field": "query", "document": {}}})).expect_err("percolates"), @"a query that is stored cannot have a [percolate] query");
    insta::assert_snapshot!(check(json!({"terms": {"t": {"index": "i", "id": "1", "path": "p"}}})).expect_err("a lookup"), @"a query that is stored cannot use the values of documents that it names");
}
