//! Parsing and planning: a request with three functions over an index without documents, so that nothing else takes time. The
//! functions are already loaded. Resolving them, checking arguments, and creating and binding instances are included.

use std::time::Duration;

use quidditch_tests::{CITIES_MAPPING, Installation};
use serde_json::json;

use crate::many_documents::engine;
use crate::measure::Bench;
use crate::row::{Goal, Row};
use crate::search::search;

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["planning"]) {
        return;
    }
    let installation = Installation::new(Duration::from_secs(1_000_000));
    installation.create_index("cities", CITIES_MAPPING);
    installation.publish_examples();
    let snapshot = installation.snapshot("cities");
    let engine = engine();
    let body = json!({ "query": { "script_score": {
        "query": { "bool": {
            "must": { "match": { "name": "berlin" } },
            "filter": [
                { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 100_000 } } },
                { "wasm_udf": { "name": "geo_distance", "parameters": {
                    "field": "location", "lat": 52.52, "lon": 13.405, "radius_km": 100 } } },
            ],
        } },
        "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": "Berlin" } },
    } } })
    .to_string();
    let call = bench.nanoseconds("planning", || {
        search(&engine, &snapshot, &body, installation.registry.as_ref());
    });
    bench.row(Row::new("planning", "µs", call / 1e3).goal(Goal::Below(100.0)));
}
