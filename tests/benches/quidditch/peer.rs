//! Another server that answers the same searches.

use std::time::Instant;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::measure::median;

/// The index, which is replaced.
const INDEX: &str = "quidditch-bench";
/// Documents in one request.
const BATCH: usize = 20_000;
const REQUESTS: usize = 20;

/// Another server with an index.
pub(crate) struct Peer {
    url: String,
    client: Client,
    runtime: Runtime,
}

impl Peer {
    /// Indexes documents, whose lines begin with their `_id`, in one shard with one segment.
    pub(crate) fn with_documents(url: &str, mapping: &str, documents: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let peer = Peer { url: format!("{}/{INDEX}", url.trim_end_matches('/')), client: Client::new(), runtime };
        let mapping: Json = serde_json::from_str(mapping).expect("JSON");
        let settings = json!({ "number_of_shards": 1, "number_of_replicas": 0 });
        // It may not be there.
        _ = peer.runtime.block_on(peer.client.delete(&peer.url).send());
        peer.send(peer.client.put(&peer.url), json!({ "settings": settings, "mappings": mapping }).to_string());
        let lines: Vec<&str> = documents.lines().collect();
        for lines in lines.chunks(BATCH) {
            let bulk = lines.iter().map(|line| {
                let (_, fields) = line.split_once(',').expect("fields after the id");
                format!("{{\"index\":{{}}}}\n{{{fields}\n")
            });
            let answer = peer.send(peer.client.post(format!("{}/_bulk", peer.url)), bulk.collect());
            assert_eq!(answer["errors"], false, "{answer}");
        }
        peer.send(peer.client.post(format!("{}/_refresh", peer.url)), String::new());
        peer.send(peer.client.post(format!("{}/_forcemerge?max_num_segments=1", peer.url)), String::new());
        peer
    }

    /// The median time of a search, with that of the request.
    pub(crate) fn milliseconds(&self, body: &str) -> f64 {
        let times = (0..REQUESTS + REQUESTS / 4).map(|_| {
            let start = Instant::now();
            let url = format!("{}/_search?request_cache=false", self.url);
            self.send(self.client.post(url), body.to_owned());
            start.elapsed().as_secs_f64() * 1e3
        });
        // The first ones are slower, as the server compiles itself while it runs.
        median(times.skip(REQUESTS / 4).collect())
    }

    fn send(&self, request: RequestBuilder, body: String) -> Json {
        let request = request.header("content-type", "application/json").body(body);
        self.runtime.block_on(async {
            let response = request.send().await.expect("the server answers");
            let status = response.status();
            let text = response.text().await.expect("the server answers");
            assert!(status.is_success(), "{status}: {text}");
            serde_json::from_str(&text).expect("JSON")
        })
    }
}
