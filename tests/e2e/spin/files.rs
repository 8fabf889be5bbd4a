//! The app over files that ship with it.

use http::{Request, StatusCode};
use quidditch_tests::{SpinApp, cities};
use serde_json::json;

use super::app::{Asking, Bundle, over_files};
use crate::scenarios;

/// Scenarios whose function ends, or never ends: that is the end of the app's instance here. `failing.rs` looks at those
/// that end.
pub(super) const FATAL: [&str; 6] = [
    "function-error/guest-eats-memory",
    "function-error/guest-loops",
    "function-error/guest-loops-in-bind",
    "function-error/guest-overflows-its-stack",
    "function-error/guest-traps",
    "function-error/guest-traps-deep-in-the-query",
];

#[test]
fn every_scenario_comes_out_the_same_from_files() {
    let bundle = Bundle::get();
    let asking = Asking::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    scenarios::run_over(bundle.installation(), &|request| asking.send(request), &FATAL);
}

#[test]
fn bodies_are_read_up_to_their_limit() {
    let bundle = Bundle::get();
    let asking = Asking::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    let status = |bytes: usize| {
        let body = format!("{{}}{}", " ".repeat(bytes - 2));
        let request = Request::post("/cities/_search").header("content-type", "application/json");
        asking.send(request.body(body.into()).expect("a valid request")).status()
    };
    assert_eq!(status(10 << 20), StatusCode::OK);
    assert_eq!(status((10 << 20) + 1), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(status(2), StatusCode::OK);
}

#[test]
fn every_request_may_have_an_instance_of_its_own() {
    let bundle = Bundle::get();
    let mut options = over_files(bundle.store());
    options.arguments.extend(["--requests-per-instance".to_owned(), "1".to_owned()]);
    let asking = Asking::new(SpinApp::start(&bundle.app(), &options));
    let body = json!({ "query": { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 9e6 } } } });
    let large = cities().iter().filter(|city| city.population >= 9_000_000).count();
    for _ in 0..3 {
        let (status, answer) = asking.search("cities", &body);
        assert_eq!((status, &answer["hits"]["total"]["value"]), (200, &json!(large)), "{answer:#}");
    }
}

#[test]
fn many_requests_at_a_time_get_each_its_own_answer() {
    let bundle = Bundle::get();
    let asking = Asking::new(SpinApp::start(&bundle.app(), &over_files(bundle.store())));
    let names = ["Berlin", "Hamburg", "Köln", "Leipzig", "Dresden"];
    // Two functions at once, of which one is there twice, with other arguments.
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
    for (request, answer) in asking.search_all("cities", &bodies).into_iter().enumerate() {
        assert_eq!(answer["hits"]["hits"][0]["_source"]["name"], names[request % names.len()], "{answer:#}");
    }
}
