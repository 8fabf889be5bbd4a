//! Parses arbitrary texts as a `query_string`: they are parsed or rejected, and nothing panics.
#![no_main]

use quidditch_engine::{Limits, SearchRequest};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let body = serde_json::json!({ "query": { "query_string": { "query": text } } }).to_string();
    let _ = SearchRequest::parse(&body, &[], &Limits::default());
});
