//! `quidditch serve` as a process, over HTTP.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::future::join_all;
use quidditch_tests::{Quidditch, Server, cities, component, http_client, resident_bytes};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::hostile;

const CITIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cities.ndjson.gz");
const CITIES_MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cities.mapping.json");

/// A store with the cities.
fn with_cities() -> Quidditch {
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", CITIES_MAPPING]);
    quidditch.succeed(["index", "add", "cities", CITIES]);
    quidditch
}

fn publish(quidditch: &Quidditch, name: &str, component: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("component.wasm");
    fs::write(&file, component).expect("can be written");
    let file = file.to_str().expect("UTF-8");
    quidditch.succeed(["udf", "publish", file, "--name", name, "--version", "1.0.0"]);
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

async fn search(client: &Client, server: &Server, body: &Json) -> Response {
    let request = client.post(server.url("/cities/_search")).json(body);
    request.send().await.expect("the server answers")
}

async fn json_of(response: Response) -> Json {
    response.json().await.expect("the answer is JSON")
}

/// Large German cities, sorted by the similarity of their names to `text`.
fn near(text: &str) -> Json {
    json!({
        "query": { "script_score": {
            "query": { "bool": { "filter": [
                { "term": { "country_code": "DE" } },
                { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 100_000 } } },
            ] } },
            "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": text } },
        } },
        "_source": ["name"], "size": 3,
    })
}

#[test]
fn all_routes_are_served() {
    let quidditch = with_cities();
    publish(&quidditch, "number_range", &component("number_range"));
    publish(&quidditch, "string_distance", &component("string_distance"));
    let server = quidditch.serve::<&str>([]);
    runtime().block_on(async {
        let client = http_client();
        let body = near("Hamborg");

        let plain = search(&client, &server, &body).await;
        assert_eq!(plain.status(), StatusCode::OK);
        assert_eq!(plain.headers()["content-type"], "application/json");
        let plain = json_of(plain).await;
        assert_eq!(plain["hits"]["hits"][0]["_source"]["name"], "Hamburg");

        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body.to_string().as_bytes()).expect("memory");
        let request = client.post(server.url("/cities/_search?filter_path=hits"));
        let request = request.header("content-encoding", "gzip").header("content-type", "application/json");
        let compressed = request.body(encoder.finish().expect("memory")).send().await.expect("the server answers");
        let compressed = json_of(compressed).await;
        assert_eq!(compressed, json!({ "hits": plain["hits"] }));

        let got = client.get(server.url("/cities/_search?filter_path=hits")).json(&body).send().await;
        assert_eq!(json_of(got.expect("the server answers")).await, compressed);

        let pretty = client.get(server.url("/cities/_count?pretty")).send().await.expect("the server answers");
        let pretty = pretty.text().await.expect("text");
        assert!(pretty.starts_with("{\n  \"count\": 25000,\n"), "{pretty}");

        let head = client.head(server.url("/cities/_mapping")).send().await.expect("the server answers");
        assert_eq!(head.status(), StatusCode::OK);
        assert_ne!(head.headers()["content-length"], "0");
        assert_eq!(head.bytes().await.expect("a body").len(), 0);
        let head = client.head(server.url("/villages")).send().await.expect("the server answers");
        assert_eq!(head.status(), StatusCode::NOT_FOUND);
    });
}

#[test]
fn concurrent_requests_get_their_own_responses() {
    let quidditch = with_cities();
    publish(&quidditch, "number_range", &component("number_range"));
    publish(&quidditch, "string_distance", &component("string_distance"));
    let server = quidditch.serve::<&str>([]);
    let names = ["Berlin", "Hamburg", "Köln", "Leipzig", "Dresden"];
    runtime().block_on(async {
        let client = http_client();
        let answers = join_all((0..100).map(|request| {
            let (client, server, name) = (&client, &server, names[request % names.len()]);
            async move { (name, json_of(search(client, server, &near(name)).await).await) }
        }));
        for (name, answer) in answers.await {
            assert_eq!(answer["hits"]["hits"][0]["_source"]["name"], name, "{answer:#}");
            assert_eq!(answer["hits"]["hits"][0]["_score"], 1.0);
        }
    });
}

#[test]
fn documents_and_functions_added_while_it_runs_are_found() {
    let quidditch = Quidditch::new();
    let server = quidditch.serve::<&str>([]);
    runtime().block_on(async {
        let client = http_client();
        let body = near("Hamborg");
        assert_eq!(search(&client, &server, &body).await.status(), StatusCode::NOT_FOUND);
        quidditch.succeed(["index", "create", "cities", "--mapping", CITIES_MAPPING]);
        let unknown = search(&client, &server, &body).await;
        assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
        for name in ["number_range", "string_distance"] {
            publish(&quidditch, name, &component(name));
        }
        assert_eq!(json_of(search(&client, &server, &body).await).await["hits"]["total"]["value"], 0);
        quidditch.succeed(["index", "add", "cities", CITIES]);
        let found = json_of(search(&client, &server, &body).await).await;
        assert_eq!(found["hits"]["hits"][0]["_source"]["name"], "Hamburg");
        quidditch.succeed(["index", "delete", "cities"]);
        assert_eq!(search(&client, &server, &body).await.status(), StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_function_that_loops_is_not_called_again_for_a_while() {
    let quidditch = with_cities();
    for name in ["loops", "traps", hostile::WELL_BEHAVED] {
        publish(&quidditch, name, &hostile::component(name));
    }
    let server = quidditch.serve(["--function-failures", "1", "--function-pause", "3600"]);
    let filter = |name: &str, on_error: &str| {
        let function = json!({ "name": name, "parameters": { "minimum": 9e6 }, "on_error": on_error });
        json!({ "query": { "wasm_udf": function }, "profile": true })
    };
    runtime().block_on(async {
        let client = http_client();
        for (name, kind) in [("loops", "timed_out"), ("traps", "trapped")] {
            assert_eq!(search(&client, &server, &filter(name, "fail")).await.status(), StatusCode::BAD_REQUEST);
            let refused = search(&client, &server, &filter(name, "fail")).await;
            assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
            let retry_after: u64 = refused.headers()["retry-after"].to_str().expect("ASCII").parse().expect("seconds");
            assert!((3_500..=3_600).contains(&retry_after), "{retry_after}");
            let tolerated = json_of(search(&client, &server, &filter(name, "exclude")).await).await;
            assert_eq!(tolerated["function_failures"][0]["error"]["type"], "circuit_open");
            assert_eq!(tolerated["hits"]["total"]["value"], 0);
            assert_eq!(tolerated["profile"]["functions"][0]["calls"], 0);
            let url = server.url(&format!("/_udf/{name}/_stats"));
            let stats = json_of(client.get(url).send().await.expect("the server answers")).await;
            let stats = &stats["functions"][0];
            assert_eq!(stats["circuit"], json!({ "state": "open", "opened": 1 }));
            // With several cores, several instances fail in the first search.
            let errors = &stats["roles"]["filter"]["errors"];
            assert!(errors[kind].as_u64() >= Some(1) && errors["circuit_open"] == 2, "{errors}");
        }
        assert_eq!(search(&client, &server, &filter("well_behaved", "fail")).await.status(), StatusCode::OK);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn hostile_functions_leak_no_memory() {
    /// Maximum growth of the server's memory in a hundred rounds of six failures, after all of its threads have worked: 7 KB for a failure,
    /// while an instance has 64 KB.
    const MOST_GROWTH: usize = 4_000_000;
    let large = cities().iter().filter(|city| city.population >= 9_000_000).count();
    let quidditch = with_cities();
    for (name, component) in hostile::shared() {
        publish(&quidditch, name, &component);
    }
    // They are to be called although they fail.
    let server = quidditch.serve(["--function-failures", "0"]);
    let filter = |name: &str| json!({ "query": { "wasm_udf": { "name": name, "parameters": { "minimum": 9e6 } } } });
    runtime().block_on(async {
        let client = http_client();
        // A function that loops takes the whole time budget of a request, so it is called only once.
        let looped = search(&client, &server, &filter("loops")).await;
        assert_eq!(looped.status(), StatusCode::BAD_REQUEST);
        let mut early = 0;
        for round in 0..150 {
            for name in ["refuses", "fails", "traps", "overflows_its_stack", "eats_memory", "gives_too_few"] {
                let failed = search(&client, &server, &filter(name)).await;
                assert_eq!(failed.status(), StatusCode::BAD_REQUEST, "{name}");
                let good = json_of(search(&client, &server, &filter("well_behaved")).await).await;
                assert_eq!(good["hits"]["total"]["value"], large, "{good:#}");
            }
            if round == 50 {
                early = resident_bytes(&server.process());
            }
        }
        let grown = resident_bytes(&server.process()).saturating_sub(early);
        assert!(grown < MOST_GROWTH, "{grown} bytes");
    });
}
