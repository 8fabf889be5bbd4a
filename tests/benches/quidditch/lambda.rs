//! The search function for Lambda: the packaged program, started repeatedly, with a local S3 server.

use std::time::Instant;

use quidditch_tests::{
    CITIES_MAPPING, LambdaFunction, LambdaProcess, LambdaStore, cities_compressed, component, peak_resident_bytes,
    target_directory,
};
use serde_json::{Value as Json, json};

use crate::measure::{Bench, median};
use crate::row::{Goal, Row};

const STARTS: usize = 20;
const WARM_REQUESTS: usize = 100;

const VARIABLES: [(&str, &str); 2] =
    [("QUIDDITCH_INDICES", "cities"), ("QUIDDITCH_FUNCTIONS", "number_range,string_distance")];

pub(crate) fn measure(bench: &mut Bench) {
    if bench.wants(&["lambda_package"]) {
        package(bench);
    }
    if bench.wants(&["lambda_ready", "lambda_first_answer", "lambda_warm", "lambda_memory"]) {
        process(bench);
    }
}

/// The size of the package.
fn package(bench: &mut Bench) {
    let architecture = if cfg!(target_arch = "x86_64") { "x86_64" } else { "arm64" };
    let path = target_directory().join("lambda").join(format!("search-{architecture}.zip"));
    let bytes = std::fs::metadata(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).len();
    bench.row(Row::new("lambda_package", "MB", bytes as f64 / 1e6).goal(Goal::Below(10.0)));
}

fn process(bench: &mut Bench) {
    let store = LambdaStore::new();
    store.add("cities", CITIES_MAPPING, cities_compressed());
    for name in ["number_range", "string_distance"] {
        store.publish(name, &component(name), &[]);
    }
    let (mut ready, mut first, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    let mut warm = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        let process = store.start(LambdaFunction::Search, &VARIABLES);
        process.wait_until_ready();
        ready.push(milliseconds(start));
        search(&process);
        first.push(milliseconds(start));
        if warm.is_empty() {
            warm = warm_requests(&process);
        }
        peaks.push(peak_resident_bytes(&process.process()) as f64 / 1e6);
    }
    bench.row(Row::new("lambda_ready", "ms", median(ready)).goal(Goal::AtMost(60.0)));
    bench.row(Row::new("lambda_first_answer", "ms", median(first)).goal(Goal::AtMost(150.0)));
    bench.row(Row::new("lambda_warm", "ms", median(warm)).goal(Goal::AtMost(5.0)));
    let peak = peaks.into_iter().fold(0.0, f64::max);
    bench.row(Row::new("lambda_memory", "MB", peak).goal(Goal::AtMost(120.0)));
}

/// The times from event to answer that the process itself measures, in milliseconds.
fn warm_requests(process: &LambdaProcess) -> Vec<f64> {
    for _ in 0..WARM_REQUESTS {
        search(process);
    }
    let lines = process.log_lines("Latency");
    let latencies = lines.iter().map(|line| line["Latency"].as_f64().expect("it is a number"));
    // The first request is cold.
    latencies.skip(1).collect()
}

/// A filter and a scorer: German cities, sorted by the similarity of their names to another name.
fn search(process: &LambdaProcess) {
    let body: Json = json!({
        "query": { "script_score": {
            "query": { "bool": { "filter": [
                { "term": { "country_code": "DE" } },
                { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 20_000 } } },
            ] } },
            "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": "Hamborg" } },
        } },
    });
    let (status, found) = process.search("cities", &body);
    assert_eq!((status, &found["hits"]["hits"][0]["_source"]["name"]), (200, &json!("Hamburg")), "{found:#}");
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
