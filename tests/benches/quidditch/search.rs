//! Runs queries in this process: with a store in memory and a single-threaded engine.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_engine::{Engine, SearchRequest, Total};
use quidditch_function::FunctionResolver;
use quidditch_index::Snapshot;
use serde_json::Value as Json;

/// Parses, plans and runs a search; returns how many documents matched.
pub(crate) fn search(engine: &Engine, snapshot: &Snapshot, body: &str, functions: &dyn FunctionResolver) -> u64 {
    let request = SearchRequest::parse(body, &[], engine.limits()).expect("a valid request");
    let response =
        block_on(engine.search(snapshot, &request, functions, &Arc::default())).expect("the search succeeds");
    assert!(!response.timed_out, "the search must not time out");
    match response.hits.total {
        Some(Total::Object { value, .. }) => value,
        other => panic!("the request tracks the total: {other:?}"),
    }
}

/// A search whose only clause is a filter; counts all matches.
pub(crate) fn filtered(filter: &Json) -> String {
    serde_json::json!({
        "query": { "bool": { "filter": filter } }, "track_total_hits": true, "size": 10, "_source": false
    })
    .to_string()
}
