//! A server that speaks the same API, to compare times with: `--peer URL`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::measure::median;

/// Documents that are sent together.
const LINES: usize = 20_000;
/// Requests that are measured, after some that are not.
const REQUESTS: usize = 15;
const WARM_UP: usize = 10;
const TIMEOUT: Duration = Duration::from_secs(600);

/// A server with an index of its own, which is deleted at the end.
pub(crate) struct Peer {
    url: String,
    client: Client,
    runtime: Runtime,
}

impl Peer {
    /// Makes an index with these documents, in one segment.
    pub(crate) fn new(url: &str, mapping: &str, documents: &str) -> Self {
        let client = Client::builder().timeout(TIMEOUT).build().expect("a client");
        let runtime = Runtime::new().expect("a runtime");
        let url = format!("{}/quidditch-bench-sales", url.trim_end_matches('/'));
        let peer = Peer { url, client, runtime };
        peer.delete();
        let mappings: Json = serde_json::from_str(mapping).expect("a mapping");
        let settings = json!({ "number_of_shards": 1, "number_of_replicas": 0 });
        peer.send(Method::PUT, "", json!({ "settings": settings, "mappings": mappings }).to_string());
        for lines in documents.lines().collect::<Vec<_>>().chunks(LINES) {
            let mut bulk = String::new();
            for line in lines {
                let mut document: Json = serde_json::from_str(line).expect("a document");
                let id = document.as_object_mut().and_then(|document| document.remove("_id"));
                let action = json!({ "index": { "_id": id } });
                writeln!(bulk, "{action}\n{document}").expect("memory");
            }
            peer.send(Method::POST, "/_bulk", bulk);
        }
        peer.send(Method::POST, "/_forcemerge?max_num_segments=1", String::new());
        peer.send(Method::POST, "/_refresh", String::new());
        peer
    }

    /// The median time of a search, in nanoseconds.
    pub(crate) fn nanoseconds(&self, body: &str) -> f64 {
        let mut times = Vec::with_capacity(REQUESTS);
        for request in 0..WARM_UP + REQUESTS {
            let start = Instant::now();
            self.send(Method::POST, "/_search?request_cache=false", body.to_owned());
            if request >= WARM_UP {
                times.push(start.elapsed().as_nanos() as f64);
            }
        }
        median(times)
    }

    /// Deletes the index, if it exists.
    fn delete(&self) {
        _ = self.runtime.block_on(async { self.client.delete(&self.url).send().await });
    }

    fn send(&self, method: Method, path: &str, body: String) {
        let mut request: RequestBuilder = self.client.request(method, format!("{}{path}", self.url));
        if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = self.runtime.block_on(async {
            let response = request.send().await?.error_for_status()?;
            response.bytes().await
        });
        response.unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.delete();
    }
}
