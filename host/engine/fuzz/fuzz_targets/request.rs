//! Parses arbitrary texts as the body of a search: they are parsed or rejected, and nothing panics.
#![no_main]

use quidditch_engine::{Limits, SearchRequest};

libfuzzer_sys::fuzz_target!(|body: &str| {
    let _ = SearchRequest::parse(body, &[], &Limits::default());
});
