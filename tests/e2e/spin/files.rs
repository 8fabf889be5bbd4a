//! The app with files that ship with it.

use http::{Request, StatusCode};
use quidditch_tests::{SpinApp, cities};
use serde_json::{Value as Json, json};

use super::app::{AppClient, Bundle, over_files};
use crate::scenarios;

/// Scenarios whose function traps or loops, which ends the app's instance. `failing.rs` tests those that trap.
pub(super) const FATAL: [&str; 7] = [
    "function-error/guest-eats-memory",
    "function-error/guest-loops",
    "function-error/guest-loops-in-bind",
    "function-error/guest-overflows-its-stack",
    "function-error/guest-traps",
    "function-error/guest-traps-deep-in-the-query",
    "function-on-error/guest-traps",
];

/// Topics of scenarios that need an index in memory, which the app cannot make.
pub(super) const NOT_SUPPORTED: [&str; 1] = ["percolate"];

#[test]
fn every_scenario_has_the_expected_response_from_files() {
    let bundle = Bundle::get();
    let client = AppClient::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    scenarios::run_over(bundle.installation(), &|request| client.send(request), &[&FATAL[..], &NOT_SUPPORTED].concat());
}

#[test]
fn larger_bodies_than_the_limit_are_errors() {
    let bundle = Bundle::get();
    let client = AppClient::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    let status = |bytes: usize| {
        let body = format!("{{}}{}", " ".repeat(bytes - 2));
        let request = Request::post("/cities/_search").header("content-type", "application/json");
        client.send(request.body(body.into()).expect("a valid request")).status()
    };
    assert_eq!(status(10 << 20), StatusCode::OK);
    assert_eq!(status((10 << 20) + 1), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(status(2), StatusCode::OK);
}

#[test]
fn requests_that_change_something_are_refused_with_a_reason() {
    let bundle = Bundle::get();
    let client = AppClient::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    for (method, path, body) in
        [("PUT", "/towns", ""), ("POST", "/cities/_bulk", "{\"index\":{}}\n{}\n"), ("DELETE", "/cities/_doc/1", "")]
    {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let response = client.send(request.body(body.into()).expect("a valid request"));
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{method} {path}");
        let json: Json = serde_json::from_slice(response.body()).expect("JSON");
        assert_eq!(json["error"]["type"], "cluster_block_exception");
        let reason = json["error"]["reason"].as_str().expect("text");
        assert!(
            reason.contains(&format!(
                "[{method} {path}] requires write access to the store, which this program does not have"
            )),
            "{reason}"
        );
    }
}

#[test]
fn every_request_can_have_its_own_instance() {
    let bundle = Bundle::get();
    let mut options = over_files(bundle.store());
    options.arguments.extend(["--requests-per-instance".to_owned(), "1".to_owned()]);
    let client = AppClient::new(SpinApp::start(&bundle.app(), &options));
    let body = json!({ "query": { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 9e6 } } } });
    let large = cities().iter().filter(|city| city.population >= 9_000_000).count();
    for _ in 0..3 {
        let (status, answer) = client.search("cities", &body);
        assert_eq!((status, &answer["hits"]["total"]["value"]), (200, &json!(large)), "{answer:#}");
    }
}

#[test]
fn concurrent_requests_get_their_own_responses() {
    let bundle = Bundle::get();
    let client = AppClient::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    let names = ["Berlin", "Hamburg", "Köln", "Leipzig", "Dresden"];
    // Two functions in one request, one of them twice with different arguments.
    let near = |name: &str| {
        json!({
            "query": { "function_score": {
                "query": { "bool": { "filter": [
                    { "term": { "country_code": "DE" } },
                    { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 100_000 } } },
                    { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "max": 9_000_000 } } },
                ] } },
                "functions": [
                    { "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": name } } },
                ],
                "boost_mode": "replace",
            } },
            "_source": ["name"], "size": 1,
        })
    };
    let bodies: Vec<_> = (0..50).map(|request| near(names[request % names.len()])).collect();
    for (request, answer) in client.search_all("cities", &bodies).into_iter().enumerate() {
        assert_eq!(answer["hits"]["hits"][0]["_source"]["name"], names[request % names.len()], "{answer:#}");
    }
}

#[test]
fn clauses_that_are_bound_in_one_instance_do_not_affect_each_other() {
    let bundle = Bundle::get();
    let client = AppClient::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    let scorer = |factor: usize| {
        json!({ "script_score": { "query": { "match_all": {} }, "wasm_udf": {
            "name": "custom_score", "parameters": { "field": "population", "boost": 0, "factor": factor } } } })
    };
    // Two clauses in each request, called in turn for each batch, with arguments that no other request has.
    let body =
        |number: usize| json!({ "query": { "bool": { "should": [scorer(number), scorer(2 * number)] } }, "size": 1 });
    let largest = cities().iter().map(|city| city.population).max().expect("there are cities") as f64;
    let check = |number: usize, answer: &Json| {
        let score = answer["hits"]["max_score"].as_f64().unwrap_or_else(|| panic!("{answer:#}"));
        let expected = largest * 3.0 * number as f64;
        assert!((score / expected - 1.0).abs() < 1e-6, "{score} instead of {expected}");
    };
    for number in 1..20 {
        let (status, answer) = client.search("cities", &body(number));
        assert_eq!(status, 200, "{answer:#}");
        check(number, &answer);
    }
    let numbers: Vec<usize> = (20..60).collect();
    let bodies: Vec<_> = numbers.iter().map(|number| body(*number)).collect();
    for (number, answer) in numbers.iter().zip(client.search_all("cities", &bodies)) {
        check(*number, &answer);
    }
}
