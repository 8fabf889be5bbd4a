//! Trying published functions: what they return, log and cost.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use quidditch_test_guests::{Guest, LOG};
use quidditch_tests::Installation;
use serde_json::{Value as Json, json};

/// Sends documents to a function; returns the status and the answer.
fn tried(installation: &Installation, name: &str) -> (u16, Json) {
    let documents = json!([{ "_id": "a", "population": 1 }, { "_id": "b", "population": 3 }]);
    let mapping = json!({ "properties": { "population": { "type": "long" } } });
    let body = json!({
        "role": "filter", "parameters": { "minimum": 2 }, "mapping": mapping, "documents": documents,
    });
    let request = Request::post(format!("/_udf/{name}/_test")).header("content-type", "application/json");
    let response = installation.send(request.body(Bytes::from(body.to_string())).expect("a valid request"));
    (response.status().as_u16(), serde_json::from_slice(response.body()).expect("JSON"))
}

#[test]
fn what_a_function_logs_is_in_the_answer() {
    let installation = Installation::new(Duration::from_secs(2));
    // Level, address, length.
    let columns =
        "(call $log (i32.const 1) (i32.const 8192) (i32.const 5)) (call $list (i32.const 1024) (i32.const 1))";
    let guest = Guest::new().with("imports", LOG).with("items", r#"(data (i32.const 8192) "hello")"#);
    installation.publish("talks", guest.with("columns", columns).build().into());
    installation.publish("silent", Guest::new().build().into());
    let results = json!([{ "document": 0, "_id": "a", "kept": false }, { "document": 1, "_id": "b", "kept": true }]);
    for (name, is_logged) in [("talks", true), ("silent", false), ("talks", true)] {
        let (status, answer) = tried(&installation, name);
        assert_eq!((status, &answer["results"]), (200, &results), "{answer:#}");
        assert_eq!((&answer["documents"], &answer["calls"]), (&json!(2), &json!(1)));
        let log = answer["log"].as_array().expect("a list");
        assert_eq!(!log.is_empty(), is_logged, "{name}");
        assert!(log.iter().all(|line| *line == json!({ "level": "info", "message": "hello" })), "{log:?}");
    }
}

#[test]
fn what_a_function_receives_is_shown_if_it_is_asked_for() {
    let installation = Installation::new(Duration::from_secs(2));
    installation.publish("large", Guest::new().build().into());
    let body = json!({
        "role": "filter", "parameters": { "minimum": 2 }, "documents": [{ "population": [3, 1] }, {}], "trace": true,
        "mapping": { "properties": { "population": { "type": "long" } } },
    });
    let request = Request::post("/_udf/large/_test").header("content-type", "application/json");
    let response = installation.send(request.body(Bytes::from(body.to_string())).expect("a valid request"));
    let answer: Json = serde_json::from_slice(response.body()).expect("JSON");
    let inputs = answer["results"].as_array().expect("a list").iter().map(|result| &result["inputs"]);
    assert_eq!(inputs.collect::<Vec<_>>(), [&json!({ "population": [1.0, 3.0] }), &json!({ "population": [] })]);
}

#[test]
fn a_function_that_never_returns_is_stopped() {
    let installation = Installation::new(Duration::from_millis(100));
    let endless = Guest::new().with("keep", "(loop $for_ever (br $for_ever)) unreachable").build();
    installation.publish("loops", endless.into());
    let (status, answer) = tried(&installation, "loops");
    let cause = (&answer["error"]["type"], &answer["error"]["caused_by"]["type"]);
    assert_eq!((status, cause), (400, (&json!("script_exception"), &json!("function_timed_out_exception"))));
}
