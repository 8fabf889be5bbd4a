//! Requests that need more memory than they may.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::SystemClock;
use quidditch_engine::Limits;
use quidditch_service::Settings;

use crate::fixture::{request, service_with, shown, storage};

fn search(limits: Limits, body: &str) -> String {
    let service = service_with(storage(), Settings::default(), limits, Arc::new(SystemClock::default()));
    shown(&block_on(service.handle(request("POST", "/cities/_search", body))))
}

#[test]
fn too_many_bytes_of_hits() {
    let answer = search(Limits { max_hits_bytes: 100, ..Limits::default() }, "{}");
    insta::assert_snapshot!(answer, @r#"
    413 Payload Too Large
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "content_too_large_exception",
            "reason": "the hits have more than [100] bytes: request fewer with [size], or less of each with [_source]"
          }
        ],
        "type": "content_too_large_exception",
        "reason": "the hits have more than [100] bytes: request fewer with [size], or less of each with [_source]"
      },
      "status": 413
    }
    "#);
}

#[test]
fn too_much_memory_for_candidates() {
    let answer = search(Limits { max_memory_bytes: 100, ..Limits::default() }, r#"{"sort": ["country"]}"#);
    insta::assert_snapshot!(answer, @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "the request needs more than [100] bytes of memory: request fewer hits with [size] and [from], sort by fewer or shorter fields, or call fewer functions"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "the request needs more than [100] bytes of memory: request fewer hits with [size] and [from], sort by fewer or shorter fields, or call fewer functions"
      },
      "status": 400
    }
    "#);
}

#[test]
fn too_much_memory_for_aggregations() {
    let limits = Limits { max_aggregation_bytes: 100, ..Limits::default() };
    let answer = search(limits, r#"{"size": 0, "aggs": {"a": {"terms": {"field": "country"}}}}"#);
    insta::assert_snapshot!(answer, @r#"
    429 Too Many Requests
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "circuit_breaking_exception",
            "reason": "[aggregations] Data too large, the aggregations of the request need more than [100] bytes: request fewer levels, or fields with fewer values",
            "bytes_wanted": 160,
            "bytes_limit": 100,
            "durability": "PERMANENT"
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
              "type": "circuit_breaking_exception",
              "reason": "[aggregations] Data too large, the aggregations of the request need more than [100] bytes: request fewer levels, or fields with fewer values",
              "bytes_wanted": 160,
              "bytes_limit": 100,
              "durability": "PERMANENT"
            }
          }
        ]
      },
      "status": 429
    }
    "#);
}
