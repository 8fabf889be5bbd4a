//! A server with an index of three documents, for requests that call hostile functions.

use std::time::{Duration, Instant};

use bytes::Bytes;
use quidditch_test_guests::Use;
use quidditch_tests::{Quidditch, Server, http_client};
use reqwest::Client;
use serde_json::{Value as Json, json};

use super::{WELL_BEHAVED, component};

const JSON: &str = "application/json";

/// What the server answered to a request, and how long that took.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) json: Json,
    pub(super) time: Duration,
}

impl Answered {
    /// The innermost cause of an error, as `type: reason`.
    pub(super) fn error(&self) -> String {
        let error = &self.json["error"];
        let failed_shard = &error["failed_shards"][0]["reason"];
        let mut cause = if failed_shard.is_object() { failed_shard } else { error };
        while cause["caused_by"].is_object() {
            cause = &cause["caused_by"];
        }
        let text = |key: &str| cause[key].as_str().unwrap_or_else(|| panic!("no {key}: {:#}", self.json)).to_owned();
        format!("{}: {}", text("type"), text("reason"))
    }

    /// How many documents matched.
    pub(super) fn hits(&self) -> u64 {
        self.json["hits"]["total"]["value"].as_u64().unwrap_or_else(|| panic!("no total: {:#}", self.json))
    }
}

/// The server, with the index `places`: three documents, whose population is 1, 2 and 3.
pub(super) struct Places {
    client: Client,
    server: Server,
}

impl Places {
    /// Starts the server on a store, and publishes the function that is well behaved.
    pub(super) async fn start(quidditch: &Quidditch) -> Self {
        // Hostile functions are to be called although they fail.
        let server = quidditch.serve(["--function-failures", "0"]);
        let places = Places { client: http_client(), server };
        let mapping = json!({ "mappings": { "properties": { "population": { "type": "long" } } } });
        assert_eq!(places.put("/places", JSON, mapping.to_string()).await.status, 200);
        // One request writes one split, so a function is called with all of them at once.
        let added = (1..=3)
            .map(|id| format!("{}\n{}\n", json!({ "index": { "_id": id.to_string() } }), json!({ "population": id })));
        let added = places.put("/places/_bulk?refresh=true", JSON, added.collect::<String>()).await;
        assert_eq!((added.status, &added.json["errors"]), (200, &json!(false)));
        assert_eq!(places.publish(WELL_BEHAVED, "1.0.0", component(WELL_BEHAVED)).await.status, 201);
        places
    }

    /// Publishes a component.
    pub(super) async fn publish(&self, name: &str, version: &str, component: Bytes) -> Answered {
        self.put(&format!("/_udf/{name}/{version}"), "application/wasm", component).await
    }

    async fn put(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answered {
        let request = self.client.put(self.server.url(path)).header("content-type", content_type);
        self.send(request.body(body)).await
    }

    /// Searches with a function.
    pub(super) async fn search(&self, name: &str, used: Use) -> Answered {
        let body = request(name, used);
        self.send(self.client.post(self.server.url("/places/_search")).json(&body)).await
    }

    /// Whether the server still answers with what [`WELL_BEHAVED`] keeps.
    pub(super) async fn still_works(&self) -> bool {
        let answered = self.search(WELL_BEHAVED, Use::Filter).await;
        answered.status == 200 && answered.hits() == 2
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answered {
        let start = Instant::now();
        let response = request.send().await.expect("the server answers");
        let status = response.status().as_u16();
        let json = response.json().await.expect("every answer is JSON");
        Answered { status, json, time: start.elapsed() }
    }
}

/// A search that uses the function once.
fn request(name: &str, used: Use) -> Json {
    let function = json!({ "name": name, "parameters": { "minimum": 2 } });
    let with_values = |kind: &str| {
        json!({
            "derived": { "v": { "type": kind, "wasm_udf": function } },
            "query": { "exists": { "field": "v" } },
        })
    };
    match used {
        Use::Filter => json!({ "query": { "wasm_udf": function } }),
        Use::Scorer => json!({ "query": { "script_score": { "query": { "match_all": {} }, "wasm_udf": function } } }),
        Use::Floats => with_values("double"),
        Use::Booleans => with_values("boolean"),
        Use::Texts => with_values("keyword"),
    }
}
