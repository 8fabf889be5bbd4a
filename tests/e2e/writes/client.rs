//! A client that writes documents.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quidditch_tests::{Server, http_client};
use reqwest::{Client, Method};
use serde_json::Value as Json;

/// A client of a server.
#[derive(Clone)]
pub(super) struct WriteClient {
    client: Client,
    base: String,
    /// How many requests were answered.
    answers: Arc<AtomicU64>,
}

impl WriteClient {
    pub(super) fn new(server: &Server) -> Self {
        WriteClient { client: http_client(), base: server.url(""), answers: Arc::default() }
    }

    /// How many requests were answered, those of its clones included.
    pub(super) fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// Sends a request; returns the status and the answer, or `None` if the connection broke.
    pub(super) async fn try_send(&self, method: Method, path: &str, body: &str) -> Option<(u16, Json)> {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = request.header("content-type", "application/json").body(body.to_owned());
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        self.answers.fetch_add(1, Ordering::Relaxed);
        Some((status, serde_json::from_str(&text).ok()?))
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: &str) -> (u16, Json) {
        self.try_send(method, path, body).await.unwrap_or_else(|| panic!("no answer to {path}"))
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Json) {
        self.send(Method::GET, path, "").await
    }

    /// All documents of an index, by `_id`.
    pub(super) async fn all(&self, index: &str) -> std::collections::BTreeMap<String, Json> {
        let mut all = std::collections::BTreeMap::new();
        let mut answer = self.get(&format!("/{index}/_search?scroll=1m&size=1000")).await.1;
        loop {
            let hits = answer["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
            if hits.is_empty() {
                return all;
            }
            for hit in hits {
                let id = hit["_id"].as_str().expect("an id").to_owned();
                assert_eq!(all.insert(id.clone(), hit["_source"].clone()), None, "{id} is there twice");
            }
            let body = serde_json::json!({ "scroll_id": answer["_scroll_id"], "scroll": "1m" }).to_string();
            answer = self.send(Method::POST, "/_search/scroll", &body).await.1;
        }
    }
}

pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}
