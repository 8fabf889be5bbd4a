//! Error responses of requests whose functions fail.

use crate::fixture::post;

fn scored_by(name: &str) -> String {
    post(
        "/cities/_search",
        &format!(
            r#"{{"query": {{"script_score": {{"query": {{"match_all": {{}}}}, "script": {{"lang": "wasm", "id": "{name}"}}}}}}}}"#
        ),
    )
}

#[test]
fn failing_functions() {
    insta::assert_snapshot!(scored_by("nope"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "script_exception",
            "reason": "compile error",
            "script": "nope",
            "lang": "wasm"
          }
        ],
        "type": "search_phase_execution_exception",
        "reason": "all shards failed",
        "phase": "query",
        "grouped": true,
        "failed_shards": [
          {
            "shard": 0,
            "index": "cities",
            "reason": {
              "type": "script_exception",
              "reason": "compile error",
              "script": "nope",
              "lang": "wasm",
              "caused_by": {
                "type": "resource_not_found_exception",
                "reason": "no such function"
              }
            }
          }
        ]
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(scored_by("failing"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "script_exception",
            "reason": "runtime error",
            "script": "failing@0.0.0",
            "lang": "wasm"
          }
        ],
        "type": "search_phase_execution_exception",
        "reason": "all shards failed",
        "phase": "query",
        "grouped": true,
        "failed_shards": [
          {
            "shard": 0,
            "index": "cities",
            "reason": {
              "type": "script_exception",
              "reason": "runtime error",
              "script": "failing@0.0.0",
              "lang": "wasm",
              "caused_by": {
                "type": "function_failed_exception",
                "reason": "out of luck"
              }
            }
          }
        ]
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(scored_by("negative"), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "script_exception",
            "reason": "runtime error",
            "script": "negative@0.0.0",
            "lang": "wasm"
          }
        ],
        "type": "search_phase_execution_exception",
        "reason": "all shards failed",
        "phase": "query",
        "grouped": true,
        "failed_shards": [
          {
            "shard": 0,
            "index": "cities",
            "reason": {
              "type": "script_exception",
              "reason": "runtime error",
              "script": "negative@0.0.0",
              "lang": "wasm",
              "caused_by": {
                "type": "illegal_argument_exception",
                "reason": "script_score script returned an invalid score [-3700000] for document [1]: must be a finite non-negative number"
              }
            }
          }
        ]
      },
      "status": 400
    }
    "#);
    insta::assert_snapshot!(post("/cities/_search", r#"{"query": {"wasm_udf": {"name": "above"}}}"#), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "script_exception",
            "reason": "compile error",
            "script": "above@0.0.0",
            "lang": "wasm"
          }
        ],
        "type": "search_phase_execution_exception",
        "reason": "all shards failed",
        "phase": "query",
        "grouped": true,
        "failed_shards": [
          {
            "shard": 0,
            "index": "cities",
            "reason": {
              "type": "script_exception",
              "reason": "compile error",
              "script": "above@0.0.0",
              "lang": "wasm",
              "caused_by": {
                "type": "illegal_argument_exception",
                "reason": "parameter [least] is required"
              }
            }
          }
        ]
      },
      "status": 400
    }
    "#);
}

#[test]
fn a_panic_is_an_internal_error() {
    insta::assert_snapshot!(scored_by("panicking"), @r#"
    500 Internal Server Error
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "internal_server_error",
            "reason": "internal error; see the server log"
          }
        ],
        "type": "internal_server_error",
        "reason": "internal error; see the server log"
      },
      "status": 500
    }
    "#);
}
