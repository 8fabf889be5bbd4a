//! Their side: a server that speaks the API, at a URL.
//!
//! Its indices get a prefix, so that no index of somebody else is overwritten; answers come without the prefix.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use quidditch_tests::ScenarioIndex;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::answer::{Answer, Body};
use crate::document::without_id;
use crate::now::anchored;
use crate::server::{Call, Created, Server};

/// What the names of indices begin with there.
const PREFIX: &str = "quidditch-compare-";

/// How long a request may take: adding the cities takes seconds.
const TIMEOUT: Duration = Duration::from_secs(120);

/// How often a request is sent while the server has no memory for it, and how long to wait in between.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// Documents that are sent together.
const BULK_DOCUMENTS: usize = 5_000;

pub(crate) struct Peer {
    url: String,
    client: Client,
    runtime: Runtime,
}

impl Peer {
    /// The server at a URL, which must answer.
    pub(crate) fn connect(url: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // `oci-client` compiles reqwest with TLS, without a provider. An error is that it has been set.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().timeout(TIMEOUT).build()?;
        let peer = Peer { url: url.trim_end_matches('/').to_owned(), client, runtime };
        let answer = peer.answer(peer.request("GET", "/")?);
        let answer = answer.with_context(|| format!("no server answers at {url}"))?;
        ensure!(answer.status == 200, "the server at {url} answers {}", answer.summary());
        Ok(peer)
    }

    /// What it calls itself.
    pub(crate) fn version(&self) -> Result<String> {
        let answer = self.answer(self.request("GET", "/")?)?;
        let Body::Json(json) = answer.body else { bail!("the server at {} does not answer with JSON", self.url) };
        let text = |json: &Json, default: &str| json.as_str().unwrap_or(default).to_owned();
        let version = &json["version"];
        Ok(format!("{} {}", text(&version["distribution"], "version"), text(&version["number"], "unknown")))
    }

    fn request(&self, method: &str, path: &str) -> Result<RequestBuilder> {
        Ok(self.client.request(method.parse::<Method>()?, format!("{}{path}", self.url)))
    }

    /// Sends a request, again if the server has no memory for it at the moment.
    fn answer(&self, request: RequestBuilder) -> Result<Answer> {
        for _ in 1..ATTEMPTS {
            let again = request.try_clone().context("the body is held in memory")?;
            let answer = self.answer_once(again)?;
            if answer.status != 429 {
                return Ok(answer);
            }
            std::thread::sleep(PAUSE);
        }
        self.answer_once(request)
    }

    fn answer_once(&self, request: RequestBuilder) -> Result<Answer> {
        self.runtime.block_on(async {
            let response = match request.send().await {
                // It closes the connection where it cannot write its answer.
                Err(error) if error.is_request() && !error.is_connect() && !error.is_timeout() => {
                    return Ok(Answer::new(500, b"closed the connection without an answer"));
                }
                // Some of its searches do not end.
                Err(error) if error.is_timeout() => {
                    return Ok(Answer::new(504, format!("no answer within {} s", TIMEOUT.as_secs()).as_bytes()));
                }
                response => response?,
            };
            let status = response.status().as_u16();
            Ok(Answer::new(status, &response.bytes().await?))
        })
    }

    /// Sends a request as it is, without a prefix at the names of indices: the caller has seen to it that they are its own.
    pub(crate) fn send_as_is(&self, call: &Call) -> Result<Answer> {
        let mut request = self.request(&call.method, &call.path)?;
        for (name, value) in call.all_headers() {
            request = request.header(name, value);
        }
        self.answer(request.body(call.body.clone()))
    }

    fn send_json(&self, method: &str, path: &str, body: &Json) -> Result<Answer> {
        self.answer(self.request(method, path)?.json(body))
    }

    /// Adds documents; of each, why it was refused, if it was.
    fn add(&self, index: &str, documents: &[&str]) -> Result<Vec<Option<String>>> {
        let mut body = String::new();
        for document in documents {
            let (id, source) = without_id(document)?;
            let action = id.map_or_else(|| json!({ "index": {} }), |id| json!({ "index": { "_id": id } }));
            body.push_str(&format!("{action}\n{source}\n"));
        }
        let request = self.request("POST", &format!("/{index}/_bulk?refresh=true"))?;
        let answer = self.answer(request.header("content-type", "application/x-ndjson").body(body))?;
        let Body::Json(json) = &answer.body else { bail!("cannot add documents: {}", answer.summary()) };
        let items = json["items"].as_array().with_context(|| format!("cannot add documents: {}", answer.summary()))?;
        ensure!(items.len() == documents.len(), "of {} documents, {} were answered", documents.len(), items.len());
        let reason = |item: &Json| {
            let error = item["index"].get("error")?;
            let cause = error["caused_by"]["reason"].as_str().map_or_else(String::new, |cause| format!(": {cause}"));
            Some(format!("{}{cause}", error["reason"].as_str().unwrap_or_default()))
        };
        Ok(items.iter().map(reason).collect())
    }
}

impl Server for Peer {
    fn create_index(&self, index: &ScenarioIndex) -> Result<Created> {
        let name = format!("{PREFIX}{}", index.name);
        let path = format!("/{name}");
        self.answer(self.request("DELETE", &format!("{path}?ignore_unavailable=true"))?)?;
        let body = with_one_shard(serde_json::from_str(&index.mapping).context("the mapping is not JSON")?);
        let answer = self.send_json("PUT", &path, &body)?;
        if answer.status != 200 {
            return Ok(Created::Refused(answer.summary()));
        }
        let mut outcomes = Vec::new();
        for documents in &index.splits {
            let documents: Vec<&str> = documents.lines().collect();
            for documents in documents.chunks(BULK_DOCUMENTS) {
                outcomes.extend(self.add(&name, documents)?);
            }
        }
        // So that documents that were replaced are gone, and their order is that in which they were added.
        let merged = self.answer(self.request("POST", &format!("{path}/_forcemerge?max_num_segments=1"))?)?;
        ensure!(merged.status == 200, "cannot merge {name}: {}", merged.summary());
        let refreshed = self.answer(self.request("POST", &format!("{path}/_refresh"))?)?;
        ensure!(refreshed.status == 200, "cannot refresh {name}: {}", refreshed.summary());
        Ok(Created::Filled(outcomes))
    }

    fn delete_index(&self, name: &str) -> Result<()> {
        let answer = self.answer(self.request("DELETE", &format!("/{PREFIX}{name}"))?)?;
        ensure!(answer.status == 200, "cannot delete {name}: {}", answer.summary());
        Ok(())
    }

    fn send(&self, call: &Call) -> Result<Answer> {
        let mut request = self.request(&call.method, &with_prefix(&call.path))?;
        for (name, value) in call.all_headers() {
            request = request.header(name, value);
        }
        let mut answer = self.answer(request.body(with_prefix_in_lookups(anchored(&call.body))))?;
        if let Body::Json(json) = &mut answer.body {
            remove_prefix(json);
        }
        Ok(answer)
    }
}

/// The body that creates an index with one shard, as scores and orders depend on the shards.
fn with_one_shard(mut mapping: Json) -> Json {
    let is_whole = mapping.get("mappings").is_some() || mapping.get("settings").is_some();
    if !is_whole {
        mapping = json!({ "mappings": mapping });
    }
    if let Some(index) = mapping.as_object_mut() {
        let settings = index.entry("settings").or_insert_with(|| json!({}));
        settings["number_of_shards"] = 1.into();
        settings["number_of_replicas"] = 0.into();
    }
    mapping
}

/// A path with the prefix at the index that it begins with, if it does.
fn with_prefix(path: &str) -> String {
    match path.strip_prefix('/') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(['_', '?']) => format!("/{PREFIX}{rest}"),
        _ => path.to_owned(),
    }
}

/// A body with the prefix at the indices of documents that it names.
fn with_prefix_in_lookups(body: String) -> String {
    let Ok(mut json) = serde_json::from_str::<Json>(&body) else { return body };
    if add_prefix(&mut json) { json.to_string() } else { body }
}

/// Whether there was anything to change.
fn add_prefix(json: &mut Json) -> bool {
    match json {
        Json::Object(members) => {
            let is_lookup =
                members.contains_key("id") && ["path", "field"].iter().any(|key| members.contains_key(*key));
            let is_item = ["_id", "doc"].iter().any(|key| members.contains_key(*key));
            let mut changed = false;
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("index", Json::String(name)) if is_lookup => {
                        *name = format!("{PREFIX}{name}");
                        changed = true;
                    }
                    ("_index", Json::String(name)) if is_item => {
                        *name = format!("{PREFIX}{name}");
                        changed = true;
                    }
                    (_, value) => changed |= add_prefix(value),
                }
            }
            changed
        }
        Json::Array(items) => items.iter_mut().fold(false, |changed, item| add_prefix(item) | changed),
        _ => false,
    }
}

/// Takes the prefix off the names of indices in an answer: values of `_index` and `index`, and keys at the top.
fn remove_prefix(json: &mut Json) {
    if let Json::Object(members) = json {
        let prefixed: Vec<String> = members.keys().filter(|key| key.starts_with(PREFIX)).cloned().collect();
        for key in prefixed {
            if let Some(value) = members.shift_remove(&key) {
                members.insert(key[PREFIX.len()..].to_owned(), value);
            }
        }
    }
    remove_prefix_from_values(json);
}

fn remove_prefix_from_values(json: &mut Json) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::String(name) if key == "_index" || key == "index" => {
                        if let Some(rest) = name.strip_prefix(PREFIX) {
                            *name = rest.to_owned();
                        }
                    }
                    Json::Array(names) if key == "indices" => names.iter_mut().for_each(|name| {
                        if let Some(rest) = name.as_str().and_then(|name| name.strip_prefix(PREFIX)) {
                            *name = rest.into();
                        }
                    }),
                    value => remove_prefix_from_values(value),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(remove_prefix_from_values),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_have_one_shard_and_their_own_settings() {
        let settings = json!({ "number_of_shards": 1, "number_of_replicas": 0 });
        let bare = with_one_shard(json!({ "properties": {} }));
        assert_eq!(bare, json!({ "mappings": { "properties": {} }, "settings": settings }));
        let whole = with_one_shard(json!({ "settings": { "analysis": {} }, "mappings": {} }));
        assert_eq!(whole["settings"]["analysis"], json!({}));
        assert_eq!(whole["settings"]["number_of_shards"], 1);
    }

    #[test]
    fn only_indices_get_the_prefix() {
        assert_eq!(with_prefix("/books/_search?size=1"), "/quidditch-compare-books/_search?size=1");
        assert_eq!(with_prefix("/books"), "/quidditch-compare-books");
        assert_eq!(with_prefix("/_cat/indices"), "/_cat/indices");
        assert_eq!(with_prefix("/"), "/");
    }

    #[test]
    fn indices_of_named_documents_get_the_prefix() {
        let lookup = json!({ "terms": { "a": { "index": "books", "id": "1", "path": "b" } }, "index": "x" });
        let expected = r#"{"terms":{"a":{"index":"quidditch-compare-books","id":"1","path":"b"}},"index":"x"}"#;
        assert_eq!(with_prefix_in_lookups(lookup.to_string()), expected);
        let unchanged = r#"{ "index": "books" }"#.to_owned();
        assert_eq!(with_prefix_in_lookups(unchanged.clone()), unchanged);
    }

    #[test]
    fn answers_come_without_the_prefix() {
        let mut json = json!({
            "quidditch-compare-books": {},
            "hits": [{ "_index": "quidditch-compare-books", "_source": { "title": "quidditch-compare-books" } }],
            "indices": ["quidditch-compare-books"],
        });
        remove_prefix(&mut json);
        let expected = json!({
            "books": {},
            "hits": [{ "_index": "books", "_source": { "title": "quidditch-compare-books" } }],
            "indices": ["books"],
        });
        assert_eq!(json, expected);
    }
}
