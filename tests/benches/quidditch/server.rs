//! `quidditch serve`, built for release, over HTTP.

use std::time::Instant;

use futures::future::join_all;
use quidditch_tests::{
    EXAMPLES, Quidditch, Server, cities_ndjson, components_directory, peak_resident_bytes, reset_peak_resident_bytes,
};
use reqwest::{Client, StatusCode};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::measure::{Bench, median};
use crate::row::{Goal, Row};

const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cities.mapping.json");
const CITIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cities.ndjson.gz");
const STARTS: usize = 20;
const CONCURRENT: usize = 100;

pub(crate) fn measure(bench: &mut Bench) {
    if !bench.wants(&["http", "concurrent_memory", "resident_memory", "start"]) {
        return;
    }
    let quidditch = store();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if bench.wants(&["http"]) {
        answer(bench, &quidditch, &runtime);
    }
    if bench.wants(&["concurrent_memory", "resident_memory"]) {
        memory(bench, &quidditch, &runtime);
    }
    if bench.wants(&["start"]) {
        start(bench, &quidditch, &runtime);
    }
}

/// A store with all cities, a thousand cities, and the example functions.
fn store() -> Quidditch {
    let quidditch = Quidditch::new();
    let thousand: String = cities_ndjson().lines().take(1_000).map(|line| format!("{line}\n")).collect();
    for index in ["cities", "thousand"] {
        quidditch.succeed(["index", "create", index, "--mapping", MAPPING]);
    }
    quidditch.succeed(["index", "add", "cities", CITIES]);
    assert!(quidditch.run(["index", "add", "thousand", "-"], thousand.as_bytes()).status.success());
    for name in EXAMPLES {
        let file = components_directory().join(name).with_extension("wasm");
        quidditch.succeed(["udf".as_ref(), "publish".as_ref(), file.as_os_str()]);
    }
    quidditch
}

/// A function is called with all documents, and the ten best are returned.
fn with_function() -> Json {
    json!({ "query": { "script_score": {
        "query": { "match_all": {} },
        "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": "Santa Maria" } },
    } } })
}

/// One filter and two scorers over all documents.
fn with_functions() -> Json {
    json!({ "query": { "function_score": {
        "query": { "bool": { "filter": { "wasm_udf": {
            "name": "number_range", "parameters": { "field": "population", "min": 20_000 } } } } },
        "functions": [
            { "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": "Santa Maria" } } },
            { "wasm_udf": { "name": "geo_distance", "parameters": {
                "field": "location", "lat": 52.52, "lon": 13.405, "scale_km": 500 } } },
        ],
        "score_mode": "sum", "boost_mode": "replace",
    } } })
}

async fn search(client: &Client, server: &Server, index: &str, body: &Json) -> Json {
    let request = client.post(server.url(&format!("/{index}/_search"))).json(body);
    let response = request.send().await.expect("the server answers");
    let (status, json) = (response.status(), response.json().await.expect("the answer is JSON"));
    assert_eq!(status, StatusCode::OK, "{json:#}");
    json
}

/// A thousand documents with and without a function, over a persistent connection.
fn answer(bench: &mut Bench, quidditch: &Quidditch, runtime: &Runtime) {
    let server = quidditch.serve::<&str>([]);
    let client = Client::new();
    let ask = |body: &Json| {
        runtime.block_on(search(&client, &server, "thousand", body));
    };
    let (with_function, match_all) = (with_function(), json!({ "query": { "match_all": {} } }));
    let (function, none) = bench.compare("http", || ask(&with_function), || ask(&match_all));
    let (function, none) = (function / 1e6, none / 1e6);
    bench.row(Row::new("http", "ms", function).against(none).goal(Goal::Below(5.0)));
}

/// The memory that a hundred concurrent requests need in addition to that of one: peaks of the server's resident memory.
fn memory(bench: &mut Bench, quidditch: &Quidditch, runtime: &Runtime) {
    let server = quidditch.serve::<&str>([]);
    let client = Client::new();
    let body = with_functions();
    let peak = |requests: usize| {
        reset_peak_resident_bytes(&server.process());
        runtime.block_on(join_all((0..requests).map(|_| search(&client, &server, "cities", &body))));
        peak_resident_bytes(&server.process()) as f64 / 1e6
    };
    // The first request opens the index and loads the functions.
    peak(1);
    let one = peak(1);
    let many = peak(CONCURRENT);
    bench.row(Row::new("concurrent_memory", "MB", many - one).goal(Goal::Below(10.0)));
    bench.row(Row::new("resident_memory", "MB", one));
}

/// The time from the start of the process to its first response to a search with functions.
fn start(bench: &mut Bench, quidditch: &Quidditch, runtime: &Runtime) {
    let body = with_functions();
    let one = || {
        let client = Client::new();
        let start = Instant::now();
        let server = quidditch.serve::<&str>([]);
        runtime.block_on(search(&client, &server, "cities", &body));
        start.elapsed().as_secs_f64() * 1e3
    };
    let times = (0..STARTS).map(|_| one()).collect();
    bench.row(Row::new("start", "ms", median(times)).goal(Goal::Below(100.0)));
}
