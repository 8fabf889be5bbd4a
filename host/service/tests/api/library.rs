//! A service over several indices with aliases. The expected answers of its tests are those of OpenSearch 2.19 to the same
//! requests, where they are not about Quidditch alone.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::{Clock, SystemClock};
use quidditch_index::{AliasOptions, Mapping};
use quidditch_indexing::{AddOptions, AliasAction, IndexWriter, create_index, update_aliases};
use quidditch_service::{Service, Settings};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Value as Json, json};

use crate::fixture::{request, service_over};

/// Indices `lib-a`, `lib-b` and `lib-c`, in which fields have different types or are missing, and aliases of them.
pub(crate) fn storage() -> Arc<dyn Storage> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let of_a = json!({"properties": {
        "name": {"type": "text", "fields": {"raw": {"type": "keyword"}}}, "k": {"type": "keyword"}, "n": {"type": "long"},
        "d": {"type": "date"}, "x": {"type": "keyword"}, "only_a": {"type": "keyword"},
    }});
    let of_b = json!({"properties": {
        "name": {"type": "text"}, "k": {"type": "keyword"}, "n": {"type": "double"}, "x": {"type": "long"},
    }});
    let of_c = json!({"properties": {"name": {"type": "text"}}});
    let in_a = r#"{"_id": "1", "name": "red fox", "k": "red", "n": 1, "d": "2024-01-01", "x": "p", "only_a": "z"}
        {"_id": "2", "name": "red red fox", "k": "blue", "n": 5, "x": "q"}
        {"_id": "3", "name": "lazy dog", "k": "red", "n": 3}"#;
    let in_b = r#"{"_id": "4", "name": "red dog", "k": "red", "n": 2.5, "x": 7}
        {"_id": "5", "name": "blue fox", "k": "green", "n": 4, "x": 8}"#;
    let in_c = r#"{"_id": "6", "name": "red"}
        {"_id": "7", "name": "grey"}"#;
    for (name, mapping, documents) in [("lib-a", of_a, in_a), ("lib-b", of_b, in_b), ("lib-c", of_c, in_c)] {
        add_index(&storage, name, &mapping, documents);
    }
    let red = Some(json!({"term": {"k": "red"}}));
    let blue = Some(json!({"term": {"k": "blue"}}));
    let add = |index: &str, alias: &str, filter: Option<Json>, is_write_index: Option<bool>| AliasAction::Add {
        index: index.to_owned(),
        alias: alias.to_owned(),
        options: AliasOptions { filter, is_write_index },
    };
    let actions = [
        add("lib-a", "lib-al", None, None),
        add("lib-b", "lib-al", None, Some(true)),
        add("lib-a", "lib-fa", red, None),
        add("lib-a", "lib-fb", blue, None),
        add("lib-c", "lib-ro", None, None),
    ];
    block_on(update_aliases(&storage, &actions)).expect("added");
    storage
}

pub(crate) fn add_index(storage: &Arc<dyn Storage>, name: &str, mapping: &Json, documents: &str) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let mapping = Mapping::from_json(mapping).expect("valid");
    block_on(async {
        create_index(storage, name, &mapping).await.expect("created");
        let writer = IndexWriter::new(storage, &clock, name).expect("a valid name");
        writer.add_documents(documents.as_bytes(), &AddOptions::default(), |_| ()).await.expect("added");
    });
}

/// A service over these indices.
pub(crate) struct Library(Service);

impl Library {
    pub(crate) fn new() -> Self {
        Self::over(storage())
    }

    pub(crate) fn over(storage: Arc<dyn Storage>) -> Self {
        Library(service_over(storage, Settings::default()))
    }

    /// The answer to `GET /path` or `POST /path {...}`: its status and its body.
    pub(crate) fn send(&self, text: &str) -> (u16, String) {
        let (method, rest) = text.split_once(' ').expect("a method");
        let (path, body) = rest.split_once([' ', '\n']).unwrap_or((rest, ""));
        let response = block_on(self.0.handle(request(method, path, body)));
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).expect("UTF-8"))
    }

    /// The answer as JSON.
    pub(crate) fn json(&self, text: &str) -> Json {
        let (_, body) = self.send(text);
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{text}: {error}: {body}"))
    }

    /// Checks the answer, in which times do not count.
    pub(crate) fn check(&self, text: &str, status: u16, body: &str) {
        let (found_status, found) = self.send(text);
        let mut found: Json = serde_json::from_str(&found).unwrap_or_else(|error| panic!("{text}: {error}: {found}"));
        if let Some(object) = found.as_object_mut() {
            object.remove("took");
        }
        let expected: Json = serde_json::from_str(body).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!((found_status, round(&found)), (status, round(&expected)), "{text}\n{found}");
    }

    /// Checks the status and the type of an error.
    pub(crate) fn check_error(&self, text: &str, status: u16, kind: &str) {
        let (found_status, found) = self.send(text);
        let json: Json = serde_json::from_str(&found).unwrap_or_default();
        assert_eq!((found_status, json["error"]["type"].as_str()), (status, Some(kind)), "{text}\n{found}");
    }
}

/// The same JSON with floats rounded to five digits.
fn round(json: &Json) -> Json {
    match json {
        Json::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default();
            Json::String(format!("{float:.5}"))
        }
        Json::Array(items) => items.iter().map(round).collect(),
        Json::Object(object) => Json::Object(object.iter().map(|(key, value)| (key.clone(), round(value))).collect()),
        other => other.clone(),
    }
}
