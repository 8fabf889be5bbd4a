//! `/_udf/_stats`.

use futures::executor::block_on;
use quidditch_clock::ManualClock;
use quidditch_service::{Service, Settings};
use quidditch_supervision::SupervisionSettings;
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::fixture::{get, request, service_at, shown, storage};

fn get_from(service: &Service, uri: &str) -> String {
    shown(&block_on(service.handle(request("GET", uri, ""))))
}

#[test]
fn calls_of_functions_are_counted() {
    let supervision = SupervisionSettings {
        disabled: vec!["f@1.0.0".parse().expect("a function")],
        max_calls_per_second: NonZeroU32::new(1_000),
        ..SupervisionSettings::default()
    };
    let settings = Settings { supervision, ..Settings::default() };
    // With a clock that stands still, no call takes any time.
    let service = service_at(storage(), settings, Arc::<ManualClock>::default());
    for body in [
        r#"{"query": {"wasm_udf": {"name": "above", "parameters": {"least": 1000000}}}}"#,
        r#"{"query": {"wasm_udf": {"name": "above", "parameters": {}}}}"#,
        r#"{"query": {"script": {"script": {"lang": "wasm", "id": "above", "params": {"least": 0}}}}}"#,
        r#"{"query": {"script": {"script": {"source": "true"}}}}"#,
        r#"{"query": {"script_score": {"query": {"match_all": {}}, "wasm_udf": {"name": "failing"}}}}"#,
    ] {
        block_on(service.handle(request("POST", "/cities/_search", body)));
    }
    insta::assert_snapshot!(get_from(&service, "/_udf/_stats"), @r#"
    200 OK
    content-type: application/json

    {
      "disabled": [
        "f@1.0.0"
      ],
      "functions": [
        {
          "name": "above",
          "version": "0.0.0",
          "disabled": false,
          "circuit": {
            "state": "closed",
            "opened": 0
          },
          "instances": {
            "current": 0,
            "max": 500
          },
          "roles": {
            "filter": {
              "clauses": 2,
              "calls": 2,
              "documents": 6,
              "cached_documents": 0,
              "time_in_nanos": {
                "total": 0,
                "p50": 0,
                "p90": 0,
                "p99": 0,
                "max": 0
              },
              "instances": {
                "made": 2,
                "reused": 0
              },
              "errors": {}
            }
          },
          "max_calls_per_second": 1000
        },
        {
          "name": "failing",
          "version": "0.0.0",
          "disabled": false,
          "circuit": {
            "state": "closed",
            "opened": 0
          },
          "instances": {
            "current": 0,
            "max": 500
          },
          "roles": {
            "scorer": {
              "clauses": 1,
              "calls": 1,
              "documents": 3,
              "cached_documents": 0,
              "time_in_nanos": {
                "total": 0,
                "p50": 0,
                "p90": 0,
                "p99": 0,
                "max": 0
              },
              "instances": {
                "made": 1,
                "reused": 0
              },
              "errors": {
                "failed": 1
              }
            }
          },
          "max_calls_per_second": 1000
        }
      ]
    }
    "#);
    let of_one = get_from(&service, "/_udf/failing/_stats");
    assert!(of_one.contains(r#""name": "failing""#) && !of_one.contains(r#""name": "above""#), "{of_one}");
}

#[test]
fn functions_that_were_not_called_have_no_statistics() {
    insta::assert_snapshot!(get("/_udf/above/_stats"), @r#"
    200 OK
    content-type: application/json

    {
      "disabled": [],
      "functions": []
    }
    "#);
    let unknown = get("/_udf/nope/_stats");
    assert!(unknown.starts_with("404 Not Found") && unknown.contains("no such function [nope]"), "{unknown}");
}
