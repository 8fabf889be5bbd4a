//! The time limit of a search while it waits for storage.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use futures::future::pending;
use quidditch_clock::{Clock, ManualClock};
use quidditch_engine::{Engine, Limits};
use quidditch_function::{CatalogError, FunctionCatalog, NativeFunctions, PublishedFunction};
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_service::{Parts, Service, Settings};
use quidditch_storage::Storage;
use quidditch_test_storage::{InterceptStorage, Operation};

use serde_json::Value as Json;

use crate::fixture::{request, service_at, service_with, shown, storage};

/// A store in which manifests can be read, but splits never respond.
fn stalled_storage() -> Arc<dyn Storage> {
    let stalled = InterceptStorage::new(storage()).before(|call| async move {
        match call.operation {
            Operation::GetRange(_) => pending().await,
            _ => Ok(()),
        }
    });
    Arc::new(stalled)
}

#[test]
fn a_search_waits_for_storage_no_longer_than_its_timeout() {
    let stalled = service_at(stalled_storage(), Settings::default(), Arc::<ManualClock>::default());
    let answer = |uri: &str| shown(&block_on(stalled.handle(request("POST", uri, "{}"))));
    insta::assert_snapshot!(answer("/cities/_search?timeout=250ms"), @r#"
    503 Service Unavailable
    retry-after: 1
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "timeout_exception",
            "reason": "storage did not respond within [timeout] 250ms; retry or raise the timeout"
          }
        ],
        "type": "timeout_exception",
        "reason": "storage did not respond within [timeout] 250ms; retry or raise the timeout"
      },
      "status": 503
    }
    "#);
    for timeout in ["30s", "31s"] {
        let answer = answer(&format!("/cities/_search?timeout={timeout}"));
        assert!(answer.contains("within [timeout] 30s"), "the engine's limit holds: {answer}");
    }
    insta::assert_snapshot!(answer("/cities/_count"), @r#"
    503 Service Unavailable
    retry-after: 1
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "timeout_exception",
            "reason": "storage did not respond within [timeout] 30s; retry or raise the timeout"
          }
        ],
        "type": "timeout_exception",
        "reason": "storage did not respond within [timeout] 30s; retry or raise the timeout"
      },
      "status": 503
    }
    "#);

    let reachable = service_at(storage(), Settings::default(), Arc::<ManualClock>::default());
    let response = block_on(reachable.handle(request("POST", "/cities/_search", "{}")));
    assert_eq!(response.status(), 200, "a search that does not wait succeeds");
}

/// A catalog that never responds.
struct StalledCatalog;

#[async_trait::async_trait]
impl FunctionCatalog for StalledCatalog {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        pending().await
    }
}

/// A service over a store that never responds to anything.
fn stalled_service() -> Service {
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::default();
    let storage = InterceptStorage::new(storage()).before(|_| pending());
    let parts = Parts {
        reader: Arc::new(SplitReader::new(Arc::new(storage), ReadSettings::default())),
        functions: Arc::new(NativeFunctions::new()),
        catalog: Arc::new(StalledCatalog),
        engine: Engine::new(Limits { timeout: Duration::from_secs(3), ..Limits::default() }, Arc::clone(&clock)),
        clock,
    };
    Service::new(parts, Settings::default())
}

#[test]
fn every_route_is_answered_in_time() {
    let service = stalled_service();
    let status = |method: &str, path: &str, time: Duration| {
        let response = block_on(service.handle_within(request(method, path, ""), time));
        let body = String::from_utf8(response.body().to_vec()).expect("UTF-8");
        (response.status().as_u16(), body)
    };
    for path in ["/", "/_health", "/_nope"] {
        assert_ne!(status("GET", path, Duration::MAX).0, 503, "{path} needs no store");
    }
    for path in [
        "/cities/_search",
        "/cities/_count",
        "/cities/_doc/1",
        "/cities",
        "/cities/_mapping",
        "/_udf",
        "/_udf/above",
        "/_cat/indices",
    ] {
        for method in ["GET", "HEAD"] {
            assert_eq!(status(method, path, Duration::MAX).0, 503, "{method} {path}");
        }
        let (_, body) = status("GET", path, Duration::MAX);
        assert!(body.contains("storage did not respond within [timeout] 3s"), "{path}: {body}");
        let (_, body) = status("GET", path, Duration::from_millis(70));
        assert!(body.contains("storage did not respond within [timeout] 70ms"), "{path}: {body}");
    }
}

#[test]
fn a_search_ends_when_its_host_needs_the_response() {
    let service = service_with(storage(), Settings::default(), Limits::default(), Arc::<ManualClock>::default());
    let answer = |path: &str| block_on(service.handle_within(request("POST", path, "{}"), Duration::ZERO));
    for path in ["/cities/_search", "/cities/_search?timeout=20s"] {
        let search: Json = serde_json::from_slice(answer(path).body()).expect("JSON");
        assert_eq!(search["timed_out"], true, "{path}");
    }
    assert_eq!(answer("/cities/_count").status(), 503);
}

#[test]
fn a_search_that_runs_out_of_time_is_partial_and_a_count_fails() {
    let limits = Limits { timeout: Duration::ZERO, ..Limits::default() };
    let service = service_with(storage(), Settings::default(), limits, Arc::<ManualClock>::default());
    let answer = |uri: &str| block_on(service.handle(request("POST", uri, "{}")));
    let search: Json = serde_json::from_slice(answer("/cities/_search").body()).expect("JSON");
    assert_eq!((&search["timed_out"], &search["hits"]["total"]["relation"]), (&true.into(), &"gte".into()));
    insta::assert_snapshot!(shown(&answer("/cities/_count")), @r#"
    503 Service Unavailable
    retry-after: 1
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "query_phase_execution_exception",
            "reason": "Time exceeded: the request could not be answered within 0ns"
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
              "type": "query_phase_execution_exception",
              "reason": "Time exceeded: the request could not be answered within 0ns"
            }
          }
        ]
      },
      "status": 503
    }
    "#);
}
