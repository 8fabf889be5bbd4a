//! Parsing and planning: a request with three functions over an index without documents, so that nothing else takes time. The
//! functions are already loaded. Resolving them, checking arguments, and creating and binding instances are included.

use std::time::Duration;

use quidditch_tests::{CITIES_MAPPING, Installation};
use serde_json::json;

use crate::many_documents::{engine, supervised};
use crate::measure::Bench;
use crate::row::{Goal, Row};
use crate::search::search;

/// How much longer the three functions may take if they are watched.
const MOST_ADDED_MICROSECONDS: f64 = 2.0;

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["planning", "supervision_planning"]) {
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
    let supervised = supervised(&installation);
    let (watched, unwatched) = bench.compare(
        "supervision_planning",
        || _ = search(&engine, &snapshot, &body, &supervised),
        || _ = search(&engine, &snapshot, &body, installation.registry.as_ref()),
    );
    let row = Row::new("supervision_planning", "µs", watched / 1e3).against(unwatched / 1e3);
    bench.row(row.goal(Goal::AboveBaselineAtMost(MOST_ADDED_MICROSECONDS)));
}
