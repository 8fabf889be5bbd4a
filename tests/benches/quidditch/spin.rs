//! The bundled Spin app compared with the native server: the same store in a folder, the same requests.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use quidditch_tests::{Quidditch, SpinApp, SpinOptions, cities_compressed, components_directory};
use reqwest::{Client, StatusCode};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::measure::{Bench, median};
use crate::row::{Goal, Row};

const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cities.mapping.json");
/// Number of functions in the app; the last one is called.
const FUNCTIONS: usize = 16;
/// Number of requests.
const CALLS: usize = 50;

pub(crate) fn measure(bench: &mut Bench) {
    if bench.wants(&["spin_component", "spin_compressed"]) {
        size(bench);
    }
    if bench.wants(&["spin_warm", "spin_call"]) {
        requests(bench);
    }
}

/// The size of an app without functions, uncompressed and compressed.
fn size(bench: &mut Bench) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.wasm");
    Quidditch::new().succeed(["bundle", "--output", path.to_str().expect("UTF-8")]);
    let app = fs::read(&path).expect("it was bundled");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&app).expect("memory");
    let compressed = encoder.finish().expect("memory");
    bench.row(Row::new("spin_component", "MB", app.len() as f64 / 1e6).goal(Goal::Below(12.0)));
    bench.row(Row::new("spin_compressed", "MB", compressed.len() as f64 / 1e6).goal(Goal::Below(4.0)));
}

fn requests(bench: &mut Bench) {
    let (quidditch, folder) = store();
    let options = SpinOptions {
        variables: vec![("store", "/store".to_owned())],
        files: Some(quidditch.store().to_owned()),
        arguments: vec!["--requests-per-instance".to_owned(), usize::MAX.to_string()],
        ..SpinOptions::default()
    };
    let app = SpinApp::start(&folder.path().join("app.wasm"), &options);
    let server = quidditch.serve::<&str>([]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = Client::new();
    let ask = |url: String, body: &Json| runtime.block_on(search(&client, url, body));
    let (spin, native) = (app.url("/cities/_search"), server.url("/cities/_search"));

    let body = with_two_functions();
    let (of_spin, of_native) =
        bench.compare("spin_warm", || drop(ask(spin.clone(), &body)), || drop(ask(native.clone(), &body)));
    let (of_spin, of_native) = (of_spin / 1e6, of_native / 1e6);
    bench.row(Row::new("spin_warm", "ms", of_spin).against(of_native).goal(Goal::RatioAtMost(3.0)));

    // The engine's own measurements of each call; the median of many requests.
    let per_document = |url: &str| {
        let one = |call| {
            let answer = ask(url.to_owned(), &last_function(call));
            let call = &answer["profile"]["functions"][0];
            let (nanos, documents) = (call["time_in_nanos"].as_f64(), call["documents"].as_f64());
            nanos.expect("a time") / documents.expect("a number")
        };
        median((0..CALLS).map(one).collect())
    };
    let (of_spin, of_native) = (per_document(&spin), per_document(&native));
    bench.row(Row::new("spin_call", "ns/document", of_spin).against(of_native).goal(Goal::AboveBaselineAtMost(5.0)));
}

/// A store with the cities and sixteen functions, and a folder with an app that contains them.
fn store() -> (Quidditch, TempDir) {
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    assert!(quidditch.run(["index", "add", "cities", "-"], cities_compressed()).status.success());
    let publish = |component: &str, name: &str| {
        let file = components_directory().join(component).with_extension("wasm");
        let file = file.to_str().expect("UTF-8");
        quidditch.succeed(["udf", "publish", file, "--name", name, "--version", "1.0.0"]);
    };
    let mut names = vec!["string_distance".to_owned()];
    publish("string_distance", "string_distance");
    for number in 1..FUNCTIONS {
        names.push(format!("number_range_{number}"));
        publish("number_range", &names[number]);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let app = folder.path().join("app.wasm");
    let functions = names.iter().flat_map(|name| ["--function", name]);
    quidditch.succeed(["bundle", "--output", app.to_str().expect("UTF-8")].into_iter().chain(functions));
    (quidditch, folder)
}

/// A filter over all documents, and a scorer over those that it keeps.
fn with_two_functions() -> Json {
    json!({ "query": { "script_score": {
        "query": { "bool": { "filter": { "wasm_udf": {
            "name": "number_range_1", "parameters": { "field": "population", "min": 20_000 } } } } },
        "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": "Santa Maria" } },
    } } })
}

/// The last function of the app, over all documents. Each call has another bound, as the server records which documents a filter keeps.
fn last_function(call: usize) -> Json {
    let name = format!("number_range_{}", FUNCTIONS - 1);
    json!({
        "query": { "wasm_udf": { "name": name, "parameters": { "field": "population", "min": 20_000 + call } } },
        "track_total_hits": true, "profile": true,
    })
}

async fn search(client: &Client, url: String, body: &Json) -> Json {
    let response = client.post(url).json(body).send().await.expect("it answers");
    let (status, json) = (response.status(), response.json().await.expect("the answer is JSON"));
    assert_eq!(status, StatusCode::OK, "{json:#}");
    json
}
