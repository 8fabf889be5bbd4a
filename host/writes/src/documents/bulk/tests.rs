//! Bodies that arrive while their operations are performed.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::executor::block_on;
use futures::stream;
use http::{Request, StatusCode};
use quidditch_clock::{Clock, ManualClock};
use quidditch_engine::{Engine, Limits};
use quidditch_function::{CatalogError, FunctionCatalog, NativeFunctions, PublishedFunction};
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_service::{Parts, RequestBody, Service, Settings};
use quidditch_storage::{Counting, MemoryStorage, Storage};
use serde_json::Value as Json;

use crate::{CommitSettings, WriteParts, Writes};

struct NothingPublished;

#[async_trait]
impl FunctionCatalog for NothingPublished {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        Ok(Vec::new())
    }
}

/// A service that commits at least every kilobyte.
fn service(storage: Arc<dyn Storage>) -> Service {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let parts = Parts {
        reader: Arc::new(SplitReader::new(Arc::clone(&storage), ReadSettings::default())),
        functions: Arc::new(NativeFunctions::new()),
        catalog: Arc::new(NothingPublished),
        engine: Engine::new(Limits::default(), Arc::clone(&clock)),
        clock: Arc::clone(&clock),
    };
    let writes = Writes::new(WriteParts { storage, registry: None, logged_functions: None, clock });
    let writes = writes.with_commits(CommitSettings { commit_bytes: 1_000, ..CommitSettings::default() }, None);
    Service::new(parts, Settings::default()).with_writes(Arc::new(writes))
}

/// Sends pieces; returns the status and the response, and how often something was stored before each piece.
fn send(pieces: Vec<String>) -> (StatusCode, Json, Vec<u64>) {
    let counts = Arc::new(Counting::new(Arc::new(MemoryStorage::new())));
    let service = service(counts.clone());
    let stored = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&stored);
    let pieces = pieces.into_iter().map(move |piece| {
        noted.lock().expect("not poisoned").push(counts.counts().puts);
        Ok(Bytes::from(piece))
    });
    let request = Request::post("/a/_bulk").header("content-type", "application/x-ndjson");
    let request = request.body(Box::pin(stream::iter(pieces)) as quidditch_service::Pieces).expect("valid");
    let route = service.route(request.method(), request.uri().path());
    let response = block_on(service.handle_routed(request.map(RequestBody::Pieces), route));
    let json = serde_json::from_slice(response.body()).expect("JSON");
    let stored = stored.lock().expect("not poisoned").clone();
    (response.status(), json, stored)
}

fn document(number: usize) -> String {
    format!("{{\"index\":{{\"_id\":\"{number}\"}}}}\n{{\"text\":\"{}\"}}\n", "a".repeat(200))
}

#[test]
fn operations_are_performed_while_the_body_arrives() {
    let (status, json, stored) = send((0..40).map(document).collect());
    assert_eq!((status, &json["errors"]), (StatusCode::OK, &Json::Bool(false)));
    let ids: Vec<&str> =
        json["items"].as_array().expect("items").iter().filter_map(|item| item["index"]["_id"].as_str()).collect();
    assert_eq!(ids, (0..40).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(stored.is_sorted());
    assert!(stored[20] > stored[0] + 4 && stored[39] > stored[20] + 4, "{stored:?}");
}

#[test]
fn an_error_after_a_part_says_what_was_performed() {
    let pieces = (0..40).map(document).chain(["[]\n".to_owned()]);
    let (status, json, _) = send(pieces.collect());
    assert_eq!(status, StatusCode::BAD_REQUEST);
    insta::assert_snapshot!(json["error"]["reason"].as_str().expect("text"), @"Malformed action/metadata line [81], expected START_OBJECT but found [START_ARRAY]; the first [40] operations of the request were performed");
}

#[test]
fn nothing_is_performed_before_an_error_in_the_first_part() {
    let (status, json, stored) = send(vec![document(1), "[]\n".to_owned(), String::new()]);
    assert_eq!((status, stored), (StatusCode::BAD_REQUEST, vec![0, 0, 0]));
    insta::assert_snapshot!(json["error"]["reason"].as_str().expect("text"), @"Malformed action/metadata line [3], expected START_OBJECT but found [START_ARRAY]");
}
