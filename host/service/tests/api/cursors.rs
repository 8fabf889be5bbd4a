//! Scrolls and points in time: their state is in what the client sends back.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use quidditch_clock::{Clock, ManualClock, SystemClock};
use quidditch_index::{Mapping, ReadSettings, SplitReader};
use quidditch_indexing::{AddOptions, IndexWriter, MergeOptions, create_index, delete_index};
use quidditch_service::{Service, Settings};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Value as Json, json};

use crate::fixture::{request, service_at};

fn writer(storage: &Arc<dyn Storage>) -> IndexWriter {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    IndexWriter::new(storage, &clock, "numbers").expect("a valid name")
}

fn create(storage: &Arc<dyn Storage>) {
    let mapping = json!({"properties": {"n": {"type": "long"}, "text": {"type": "text"}}});
    let mapping = Mapping::from_json(&mapping).expect("valid");
    block_on(create_index(storage, "numbers", &mapping)).expect("created");
}

/// Adds documents as one split.
fn add(storage: &Arc<dyn Storage>, numbers: std::ops::Range<u32>) {
    let texts = ["red", "red red blue", "blue"];
    let document = |n: u32| format!("{{\"_id\": \"{n}\", \"n\": {n}, \"text\": \"{}\"}}\n", texts[n as usize % 3]);
    let documents: String = numbers.map(document).collect();
    block_on(writer(storage).add_documents(documents.as_bytes(), &AddOptions::default(), |_| ())).expect("added");
}

/// An index of 20 documents in two splits.
fn storage() -> Arc<dyn Storage> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    create(&storage);
    add(&storage, 0..11);
    add(&storage, 11..20);
    storage
}

fn service(storage: &Arc<dyn Storage>, clock: &Arc<ManualClock>) -> Service {
    let settings = Settings { snapshot_max_age: Duration::ZERO, ..Settings::default() };
    service_at(Arc::clone(storage), settings, Arc::clone(clock) as Arc<dyn Clock>)
}

struct Client {
    service: Service,
}

impl Client {
    fn new(storage: &Arc<dyn Storage>) -> Self {
        Client { service: service(storage, &Arc::default()) }
    }

    fn send(&self, method: &str, uri: &str, body: Json) -> (u16, Json) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = block_on(self.service.handle(request(method, uri, &body)));
        let json = serde_json::from_slice(response.body()).expect("JSON");
        (response.status().as_u16(), json)
    }

    fn ok(&self, method: &str, uri: &str, body: Json) -> Json {
        let (status, json) = self.send(method, uri, body);
        assert_eq!(status, 200, "{json}");
        json
    }

    /// Status and type of an error; for a failed search, that of its cause.
    fn error(&self, method: &str, uri: &str, body: Json) -> (u16, String) {
        let (status, json) = self.send(method, uri, body);
        (status, json["error"]["root_cause"][0]["type"].as_str().unwrap_or_default().to_owned())
    }

    /// All pages of a scroll, as the scan helpers of clients read them. `between` is called after each page.
    fn scan(&self, body: Json, mut between: impl FnMut()) -> Vec<Json> {
        let mut page = self.ok("POST", "/numbers/_search?scroll=5m&size=4", body);
        let total = page["hits"]["total"].clone();
        let mut hits = Vec::new();
        loop {
            let of_page = page["hits"]["hits"].as_array().expect("hits").clone();
            let id = page["_scroll_id"].as_str().expect("an id").to_owned();
            if of_page.is_empty() {
                let cleared = self.ok("DELETE", "/_search/scroll", json!({"scroll_id": [id]}));
                assert_eq!(cleared, json!({"succeeded": true, "num_freed": 1}));
                return hits;
            }
            hits.extend(of_page);
            between();
            page = self.ok("POST", "/_search/scroll", json!({"scroll_id": id, "scroll": "5m"}));
            assert_eq!(page["hits"]["total"], total);
        }
    }
}

fn ids(hits: &[Json]) -> Vec<&str> {
    hits.iter().map(|hit| hit["_id"].as_str().expect("an id")).collect()
}

fn bodies() -> Vec<Json> {
    vec![
        json!({"sort": "_doc", "query": {"match_all": {}}}),
        json!({"query": {"match": {"text": "red"}}}),
        json!({"query": {"match": {"text": "red blue"}}, "sort": [{"n": "desc"}], "track_scores": true}),
        json!({"sort": [{"nowhere": {"unmapped_type": "keyword"}}, "_doc"]}),
        json!({"query": {"range": {"n": {"gte": 7}}}, "sort": ["_score", "n"], "_source": ["n"]}),
        json!({"query": {"match_none": {}}}),
    ]
}

#[test]
fn a_scroll_returns_all_hits_although_the_index_changes() {
    for body in bodies() {
        let storage = storage();
        let client = Client::new(&storage);
        let mut whole = body.clone();
        whole["size"] = json!(100);
        let whole = client.ok("POST", "/numbers/_search", whole);
        let expected = whole["hits"]["hits"].as_array().expect("hits").clone();
        assert_eq!(client.scan(body.clone(), || ()), expected, "{body}");

        let mut changes = 0;
        let change = || {
            changes += 1;
            match changes {
                1 => add(&storage, 20..25),
                2 => _ = block_on(writer(&storage).delete_ids(&["3", "12", "19"])).expect("deleted"),
                3 => _ = block_on(writer(&storage).merge_splits(&MergeOptions::default(), |_| ())).expect("merged"),
                _ => add(&storage, 30..31),
            }
        };
        assert_eq!(client.scan(body.clone(), change), expected, "{body}");
    }
}

#[test]
fn a_scroll_counts_all_and_aggregates_once() {
    let client = Client::new(&storage());
    let body = json!({"query": {"match": {"text": "red"}}, "aggs": {"n": {"max": {"field": "n"}}}, "size": 3});
    let first = client.ok("POST", "/numbers/_search?scroll=1m", body);
    assert_eq!(first["hits"]["total"], json!({"value": 14, "relation": "eq"}));
    assert_eq!(first["aggregations"]["n"]["value"], 19.0);
    let id = first["_scroll_id"].as_str().expect("an id");
    for (method, uri, body) in [
        ("POST", "/_search/scroll".to_owned(), json!({"scroll_id": id})),
        ("GET", format!("/_search/scroll?scroll_id={id}"), Json::Null),
        ("POST", format!("/_search/scroll/{id}"), Json::Null),
    ] {
        let second = client.ok(method, &uri, body);
        assert_eq!(second["hits"]["total"], json!({"value": 14, "relation": "eq"}));
        assert_eq!(second["hits"]["max_score"], first["hits"]["max_score"]);
        assert_eq!(second["hits"]["hits"].as_array().map(Vec::len), Some(3));
        assert!(second.get("aggregations").is_none() && second.get("_scroll_id").is_none(), "{second}");
    }
    let as_number = client.ok("POST", "/_search/scroll?rest_total_hits_as_int=true", json!({"scroll_id": id}));
    assert_eq!(as_number["hits"]["total"], 14);
}

#[test]
fn a_point_in_time_stays_as_it_was() {
    let storage = storage();
    let client = Client::new(&storage);
    let created = client.ok("POST", "/numbers/_search/point_in_time?keep_alive=10m", Json::Null);
    let pit = json!({"id": created["pit_id"], "keep_alive": "5m"});
    assert_eq!(created["_shards"], json!({"total": 1, "successful": 1, "skipped": 0, "failed": 0}));
    let body =
        json!({"pit": pit, "query": {"match": {"text": "blue"}}, "sort": ["n"], "size": 100, "track_scores": true});
    let before = client.ok("POST", "/_search", body.clone());
    assert_eq!(before["pit_id"], created["pit_id"]);

    add(&storage, 20..40);
    block_on(writer(&storage).delete_ids(&["1", "2", "14"])).expect("deleted");
    block_on(writer(&storage).merge_splits(&MergeOptions::default(), |_| ())).expect("merged");
    let after = client.ok("POST", "/_search", body.clone());
    assert_eq!(after["hits"], before["hits"]);
    // A process that has never seen the old index.
    assert_eq!(Client::new(&storage).ok("POST", "/_search", body)["hits"], before["hits"]);

    let mut sliced: Vec<String> = Vec::new();
    for id in 0..3 {
        let body = json!({"pit": pit, "slice": {"id": id, "max": 3}, "size": 100});
        let slice = client.ok("POST", "/_search", body);
        let hits = slice["hits"]["hits"].as_array().expect("hits");
        assert_eq!(slice["hits"]["total"]["value"], hits.len());
        sliced.extend(ids(hits).into_iter().map(str::to_owned));
    }
    sliced.sort_by_key(|id| id.parse::<u32>().expect("a number"));
    assert_eq!(sliced, (0..20).map(|id| id.to_string()).collect::<Vec<_>>());

    let deleted = client.ok("DELETE", "/_search/point_in_time", json!({"pit_id": [created["pit_id"]]}));
    assert_eq!(deleted, json!({"pits": [{"successful": true, "pit_id": created["pit_id"]}]}));
    assert_eq!(client.ok("GET", "/_search/point_in_time/_all", Json::Null), json!({"pits": []}));
    assert_eq!(client.ok("DELETE", "/_search/point_in_time/_all", Json::Null), json!({"pits": []}));
}

#[test]
fn a_cursor_ends_with_what_it_searches() {
    let missing = (404, "search_context_missing_exception".to_owned());
    let storage = storage();
    let client = Client::new(&storage);
    let first = client.ok("POST", "/numbers/_search?scroll=1m&size=1", Json::Null);
    let pit = client.ok("POST", "/numbers/_search/point_in_time?keep_alive=1m", Json::Null)["pit_id"].clone();
    let scroll = || json!({"scroll_id": first["_scroll_id"]});
    let search = || json!({"pit": {"id": pit}});
    block_on(async {
        writer(&storage).delete_ids(&["1"]).await.expect("deleted");
        writer(&storage).merge_splits(&MergeOptions::default(), |_| ()).await.expect("merged");
    });
    assert_eq!(client.send("POST", "/_search/scroll", scroll()).0, 200);
    block_on(writer(&storage).collect_garbage(Duration::ZERO)).expect("collected");
    // In another process, whose caches are empty.
    let client = Client::new(&storage);
    assert_eq!(client.error("POST", "/_search/scroll", scroll()), missing);
    assert_eq!(client.error("POST", "/_search", search()), missing);

    block_on(delete_index(&storage, "numbers")).expect("deleted");
    assert_eq!(client.error("POST", "/_search/scroll", scroll()), missing);
    create(&storage);
    assert_eq!(client.error("POST", "/_search", search()), missing);
}

#[test]
fn a_cursor_ends_after_a_day() {
    let storage = storage();
    let clock = Arc::new(ManualClock::default());
    let client = Client { service: service(&storage, &clock) };
    let first = client.ok("POST", "/numbers/_search?scroll=1m&size=1", Json::Null);
    let pit = client.ok("POST", "/numbers/_search/point_in_time?keep_alive=1m", Json::Null)["pit_id"].clone();
    clock.advance(Duration::from_secs(23 * 60 * 60));
    assert_eq!(client.send("POST", "/_search/scroll", json!({"scroll_id": first["_scroll_id"]})).0, 200);
    assert_eq!(client.send("POST", "/_search", json!({"pit": {"id": pit}})).0, 200);
    clock.advance(Duration::from_secs(60 * 60 + 1));
    let missing = (404, "search_context_missing_exception".to_owned());
    assert_eq!(client.error("POST", "/_search/scroll", json!({"scroll_id": first["_scroll_id"]})), missing);
    assert_eq!(client.error("POST", "/_search", json!({"pit": {"id": pit}})), missing);
}

#[test]
fn mistakes_have_the_types_that_clients_know() {
    let client = Client::new(&storage());
    let pit = client.ok("POST", "/numbers/_search/point_in_time?keep_alive=1m", Json::Null)["pit_id"].clone();
    let scroll = client.ok("POST", "/numbers/_search?scroll=1m&size=1", Json::Null)["_scroll_id"].clone();
    let (argument, validation) = ("illegal_argument_exception", "action_request_validation_exception");
    let search = "/numbers/_search?scroll=1m";
    let points = "/_search/point_in_time";
    for (method, uri, body, kind) in [
        ("POST", "/numbers/_search/point_in_time", Json::Null, validation),
        ("POST", "/numbers/_search/point_in_time?keep_alive=x", Json::Null, argument),
        ("POST", "/numbers/_search/point_in_time?keep_alive=25h", Json::Null, argument),
        ("POST", "/numbers/_search/point_in_time?keep_alive=1m&nope=1", Json::Null, argument),
        ("POST", "/numbers/_search", json!({"pit": {"id": pit}}), validation),
        ("POST", "/_search", json!({"pit": {"id": "garbage"}}), argument),
        ("POST", "/_search", json!({"pit": {"id": scroll}}), argument),
        ("POST", "/_search", json!({"pit": {}}), argument),
        ("POST", "/_search", json!({"pit": {"id": pit, "nope": 1}}), "x_content_parse_exception"),
        ("POST", "/_search", json!({"pit": {"id": pit, "keep_alive": "48h"}}), argument),
        ("POST", "/_search?scroll=1m", json!({"pit": {"id": pit}}), validation),
        ("DELETE", points, json!({"pit_id": ["garbage"]}), argument),
        ("DELETE", points, json!({"pit_id": []}), validation),
        ("DELETE", points, Json::Null, validation),
        ("DELETE", points, json!({"nope": 1}), argument),
        ("POST", search, json!({"size": 0}), validation),
        ("POST", search, json!({"from": 1}), validation),
        ("POST", search, json!({"track_total_hits": false}), validation),
        ("POST", search, json!({"rescore": {"query": {"rescore_query": {"match_all": {}}}}}), validation),
        ("POST", search, json!({"collapse": {"field": "n"}}), argument),
        ("POST", search, json!({"sort": ["n"], "search_after": [1]}), argument),
        ("POST", "/numbers/_search?scroll=25h", Json::Null, argument),
        ("POST", "/numbers/_search?scroll=x", Json::Null, argument),
        ("POST", "/numbers/_search", json!({"slice": {"id": 0, "max": 2}}), argument),
        ("POST", search, json!({"slice": {"id": 0, "max": 1_025}}), argument),
        ("POST", search, json!({"slice": {"id": 0, "max": 2, "field": "text"}}), argument),
        ("POST", search, json!({"slice": {"id": 0, "max": 2, "field": "nowhere"}}), argument),
        ("POST", search, json!({"slice": {"id": 2, "max": 2}}), "x_content_parse_exception"),
        ("POST", "/_search/scroll", Json::Null, validation),
        ("POST", "/_search/scroll", json!({"scroll_id": "garbage"}), argument),
        ("POST", "/_search/scroll", json!({"scroll_id": pit}), argument),
        ("POST", "/_search/scroll", json!({"scroll_id": 5}), argument),
        ("POST", "/_search/scroll", json!({"scroll_id": scroll, "nope": 1}), argument),
        ("POST", "/_search/scroll", json!({"scroll_id": scroll, "scroll": "x"}), argument),
        ("DELETE", "/_search/scroll", Json::Null, validation),
        ("DELETE", "/_search/scroll", json!({"scroll_id": []}), validation),
        ("DELETE", "/_search/scroll", json!({"scroll_id": ["garbage"]}), argument),
    ] {
        assert_eq!(client.error(method, uri, body.clone()), (400, kind.to_owned()), "{method} {uri} {body}");
    }
}

/// A forged cursor may name what it likes: it is refused, or finds nothing.
#[test]
fn splits_of_another_index_are_not_reached() {
    let storage = storage();
    let mapping = Mapping::from_json(&json!({"properties": {"n": {"type": "long"}}})).expect("valid");
    block_on(create_index(&storage, "others", &mapping)).expect("created");
    let reader = Arc::new(SplitReader::new(Arc::clone(&storage), ReadSettings::default()));
    let open = |name: &'static str| {
        block_on(quidditch_index::Snapshot::open(&reader, name, &quidditch_index::Cost::default())).expect("opened")
    };
    assert!(open("others").at_record(&open("numbers").record()).is_none());
    assert!(open("numbers").at_record(&open("numbers").record()).is_some());
}

#[test]
fn hits_of_groups_are_found_in_several_indices() {
    let storage = storage();
    let mapping = Mapping::from_json(&json!({"properties": {"n": {"type": "long"}}})).expect("valid");
    block_on(create_index(&storage, "others", &mapping)).expect("created");
    let client = Client::new(&storage);
    let inner_hits = json!({"collapse": {"field": "n", "inner_hits": {"name": "all"}}});
    let found = client.ok("POST", "/_search", inner_hits);
    let hit = &found["hits"]["hits"][0];
    assert_eq!(hit["inner_hits"]["all"]["hits"]["hits"][0]["_id"], hit["_id"], "{hit}");
    let collapsed = client.ok("POST", "/_search", json!({"collapse": {"field": "n"}, "size": 30}));
    assert_eq!(collapsed["hits"]["hits"].as_array().map(Vec::len), Some(20));
}
