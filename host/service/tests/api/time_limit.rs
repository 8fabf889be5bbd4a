//! A search's time, while it waits for the store.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::executor::block_on;
use futures::future::pending;
use quidditch_clock::ManualClock;
use quidditch_service::Settings;
use quidditch_storage::{Entry, Object, Precondition, Storage, StorageError, Version};

use crate::fixture::{request, service_at, shown, storage};

/// A store that gives manifests, and never a split.
#[derive(Debug)]
struct Stalled(Arc<dyn Storage>);

#[async_trait]
impl Storage for Stalled {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.0.get(key).await
    }

    async fn get_range(&self, _: &str, _: Range<u64>) -> Result<Bytes, StorageError> {
        pending().await
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        self.0.put(key, bytes, precondition).await
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.0.head(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.0.list(prefix).await
    }

    async fn list_folders(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        self.0.list_folders(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.0.delete(key).await
    }
}

#[test]
fn a_search_does_not_wait_longer_than_it_may() {
    let stalled = service_at(Arc::new(Stalled(storage())), Settings::default(), Arc::<ManualClock>::default());
    let answer = |uri: &str| shown(&block_on(stalled.handle(request("POST", uri, "{}"))));
    insta::assert_snapshot!(answer("/cities/_search?timeout=250ms"), @r#"
    503 Service Unavailable
    retry-after: 1
    content-type: application/json

    {"error":{"root_cause":[{"type":"timeout_exception","reason":"the store did not answer within the [timeout] of 250ms, try again or give the request more time"}],"type":"timeout_exception","reason":"the store did not answer within the [timeout] of 250ms, try again or give the request more time"},"status":503}
    "#);
    for timeout in ["30s", "31s"] {
        let answer = answer(&format!("/cities/_search?timeout={timeout}"));
        assert!(answer.contains("within the [timeout] of 30s"), "no longer than anybody may: {answer}");
    }
    insta::assert_snapshot!(answer("/cities/_count"), @r#"
    503 Service Unavailable
    retry-after: 1
    content-type: application/json

    {"error":{"root_cause":[{"type":"timeout_exception","reason":"the store did not answer within the [timeout] of 30s, try again or give the request more time"}],"type":"timeout_exception","reason":"the store did not answer within the [timeout] of 30s, try again or give the request more time"},"status":503}
    "#);

    let patient = service_at(storage(), Settings::default(), Arc::<ManualClock>::default());
    let response = block_on(patient.handle(request("POST", "/cities/_search", "{}")));
    assert_eq!(response.status(), 200, "what waits for nothing is answered");
}
