//! A `geo_distance` query over a million points.

use std::fmt::Write;
use std::time::Duration;

use quidditch_tests::Installation;
use serde_json::json;

use crate::many_documents::engine;
use crate::measure::Bench;
use crate::row::{Goal, Row};
use crate::search::{filtered, search};

const DOCUMENTS: u64 = 1_000_000;
const MAPPING: &str = r#"{"dynamic": "strict", "properties": {"location": {"type": "geo_point"}}}"#;

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["geo_distance_filter", "geo_distance_wide_filter", "geo_distance_scorer"]) {
        return;
    }
    let installation = Installation::new(Duration::from_secs(1_000_000));
    installation.create_index("points", MAPPING);
    installation.add("points", documents().as_bytes());
    installation.publish_examples();
    let snapshot = installation.snapshot("points");
    let engine = engine();
    let run = |body: &str| {
        search(&engine, &snapshot, body, installation.registry.as_ref());
    };
    let per_document = |call: f64| call / DOCUMENTS as f64;

    let function = |extra: &str, km: f64| {
        json!({ "name": "geo_distance", "parameters": {
        "field": "location", "lat": 52.52, "lon": 13.405, extra: km } })
    };
    let filter = |km: f64| filtered(&json!({ "wasm_udf": function("radius_km", km) }));
    let built_in = |km: f64| {
        let distance = format!("{km}km");
        filtered(&json!({ "geo_distance": { "distance": distance, "location": { "lat": 52.52, "lon": 13.405 } } }))
    };
    let scorer = json!({
        "query": { "script_score": { "query": { "match_all": {} }, "wasm_udf": function("scale_km", 1_000.0) } },
        "track_total_hits": true, "size": 10, "_source": false
    });
    for (name, km) in [("geo_distance_filter", 100.0), ("geo_distance_wide_filter", 10_000.0)] {
        let (function, built_in) = (filter(km), built_in(km));
        let (function, built_in) = bench.compare(name, || run(&function), || run(&built_in));
        let row = Row::new(name, "ns/document", per_document(function)).against(per_document(built_in));
        bench.row(row.goal(Goal::AtMost(50.0)));
    }
    let scorer = scorer.to_string();
    let call = bench.nanoseconds("geo_distance_scorer", || run(&scorer));
    bench.row(Row::new("geo_distance_scorer", "ns/document", per_document(call)).goal(Goal::AtMost(50.0)));
}

/// Points that are uniformly distributed over the globe, unordered.
fn documents() -> String {
    let mut text = String::new();
    for document in 0..DOCUMENTS {
        // Two independent numbers from 0 to 1.
        let (one, other) = (
            (document * 7_919_777 % 1_000_003) as f64 / 1_000_003.0,
            (document * 104_729 % 999_983) as f64 / 999_983.0,
        );
        let (lat, lon) = ((one * 2.0 - 1.0).asin().to_degrees(), other * 360.0 - 180.0);
        writeln!(text, r#"{{"_id":"{document}","location":{{"lat":{lat:.5},"lon":{lon:.5}}}}}"#).expect("memory");
    }
    text
}
