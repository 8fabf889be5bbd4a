//! Functions that are not called, and clauses that tolerate failures.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use quidditch_clock::ManualClock;
use quidditch_service::{Service, Settings};
use quidditch_supervision::{CircuitSettings, SupervisionSettings};
use serde_json::{Value as Json, json};

use crate::fixture::{post, request, service_at, shown, storage};

fn service(supervision: SupervisionSettings) -> (Service, Arc<ManualClock>) {
    let clock = Arc::<ManualClock>::default();
    let settings = Settings { supervision, ..Settings::default() };
    (service_at(storage(), settings, clock.clone()), clock)
}

fn scored_by(name: &str, on_error: &str) -> String {
    format!(
        r#"{{"query": {{"script_score": {{"query": {{"match_all": {{}}}}, "wasm_udf": {{"name": "{name}", "on_error": {on_error}}}}}}}, "_source": false}}"#
    )
}

fn search(service: &Service, body: &str) -> String {
    shown(&block_on(service.handle(request("POST", "/cities/_search", body))))
}

/// The status, the headers, and why the function failed.
fn failure(service: &Service, name: &str) -> String {
    let response = block_on(service.handle(request("POST", "/cities/_search", &scored_by(name, r#""fail""#))));
    let json: Json = serde_json::from_slice(response.body()).expect("JSON");
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().expect("ASCII").to_owned());
    let cause = &json["error"]["failed_shards"][0]["reason"]["caused_by"];
    format!("{} {retry_after:?}\n{}: {}", response.status(), cause["type"], cause["reason"])
}

#[test]
fn a_tolerated_failure_is_in_the_response() {
    insta::assert_snapshot!(post("/cities/_search", &scored_by("trapping", "2.5")), @r#"
    200 OK
    content-type: application/json

    {
      "took": 0,
      "timed_out": false,
      "_shards": {
        "total": 1,
        "successful": 1,
        "skipped": 0,
        "failed": 0
      },
      "hits": {
        "total": {
          "value": 3,
          "relation": "eq"
        },
        "max_score": 2.5,
        "hits": [
          {
            "_index": "cities",
            "_id": "1",
            "_score": 2.5
          },
          {
            "_index": "cities",
            "_id": "2",
            "_score": 2.5
          },
          {
            "_index": "cities",
            "_id": "3",
            "_score": 2.5
          }
        ]
      },
      "function_failures": [
        {
          "name": "trapping",
          "version": "0.0.0",
          "role": "scorer",
          "clause": "query.script_score.wasm_udf",
          "on_error": 2.5,
          "documents": 3,
          "error": {
            "type": "trapped",
            "reason": "function trapping@0.0.0 failed to run: the function trapped: a bug"
          }
        }
      ]
    }
    "#);
    let explained = post("/cities/_explain/1", &scored_by("trapping", "2.5").replace(r#", "_source": false"#, ""));
    assert!(explained.contains(r#""value": 2.5"#) && explained.contains("function_failures"), "{explained}");
    let count =
        r#"{"query": {"wasm_udf": {"name": "above", "parameters": {"least": 1000000}, "on_error": "exclude"}}}"#;
    assert!(!post("/cities/_count", count).contains("function_failures"), "nothing failed");
}

#[test]
fn a_function_that_fails_often_is_not_called_for_a_while() {
    let circuit = CircuitSettings { max_failures: NonZeroU32::new(2), pause: Duration::from_millis(29_500) };
    let (service, clock) = service(SupervisionSettings { circuit, ..SupervisionSettings::default() });
    for _ in 0..2 {
        let trapped = "400 Bad Request None\n\"function_trapped_exception\": \"the function trapped: a bug\"";
        assert_eq!(failure(&service, "trapping"), trapped);
    }
    insta::assert_snapshot!(failure(&service, "trapping"), @r#"
    503 Service Unavailable Some("30")
    "function_circuit_open_exception": "the function is not called for 30 s more, since it failed in 2 searches in a row; the last failure: the function trapped: a bug"
    "#);
    let tolerated = search(&service, &scored_by("trapping", "1"));
    assert!(tolerated.starts_with("200 OK") && tolerated.contains(r#""type": "circuit_open""#), "{tolerated}");
    clock.advance(Duration::from_millis(29_500));
    assert!(failure(&service, "trapping").contains("function_trapped_exception"), "it is tried again");
    assert!(failure(&service, "trapping").contains("function_circuit_open_exception"));
}

#[test]
fn a_disabled_function_is_not_called() {
    let disabled = vec!["trapping".parse().expect("a function")];
    let (service, _) = service(SupervisionSettings { disabled, ..SupervisionSettings::default() });
    insta::assert_snapshot!(failure(&service, "trapping"), @r#"
    503 Service Unavailable None
    "function_disabled_exception": "the function is disabled on this host"
    "#);
    assert!(search(&service, &scored_by("trapping", "1")).contains(r#""type": "disabled""#));
    assert!(search(&service, &scored_by("population_score", "1")).starts_with("200 OK"));
}

#[test]
fn a_function_has_so_many_instances_and_calls() {
    let (service, _) = self::service(SupervisionSettings {
        max_instances: 1,
        max_calls_per_second: NonZeroU32::new(2),
        ..SupervisionSettings::default()
    });
    let score = json!({ "wasm_udf": { "name": "population_score" } });
    let twice = json!({ "query": { "function_score": { "functions": [score, score] } } }).to_string();
    let over = search(&service, &twice);
    assert!(over.starts_with("429 Too Many Requests\nretry-after: 1"), "{over}");
    assert!(over.contains("all 1 instances that the function may have at a time are in use; retry later"), "{over}");
    // Both clauses were calls.
    insta::assert_snapshot!(failure(&service, "population_score"), @r#"
    429 Too Many Requests Some("1")
    "circuit_breaking_exception": "the function is called more often than 2 times a second; retry later"
    "#);
}
