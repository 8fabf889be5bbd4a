//! Scrolls and points in time of several indices.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::{Clock, SystemClock};
use quidditch_indexing::{AddOptions, IndexWriter, delete_index};
use quidditch_storage::Storage;
use serde_json::{Value as Json, json};

use crate::library::{Library, add_index, storage};

/// The hits of all pages of a scroll, with the numbers of its indices on each page.
fn scan(library: &Library, path: &str, body: &Json, between: impl Fn()) -> Vec<Json> {
    let mut page = library.json(&format!("POST /{path}/_search?scroll=1m&size=2 {body}"));
    let (total, mut all) = (page["hits"]["total"].clone(), Vec::new());
    loop {
        let hits = page["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{path} {body}: {page}")).clone();
        if hits.is_empty() {
            return all;
        }
        all.extend(hits);
        between();
        let next = json!({"scroll_id": page["_scroll_id"], "scroll": "1m"});
        page = library.json(&format!("POST /_search/scroll {next}"));
        assert_eq!(page["hits"]["total"], total, "{path} {body}");
    }
}

fn add(storage: &Arc<dyn Storage>, name: &str, documents: &str) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let writer = IndexWriter::new(storage, &clock, name).expect("a valid name");
    block_on(writer.add_documents(documents.as_bytes(), &AddOptions::default(), |_| ())).expect("added");
}

#[test]
fn a_scroll_returns_the_hits_of_all_indices_in_their_order() {
    for path in ["lib-a,lib-b", "_all", "lib-*", "lib-al", "lib-fa,lib-b", "lib-fa,lib-fb", "lib-*,-lib-b"] {
        for body in [
            json!({}),
            json!({"query": {"match": {"name": "red fox"}}}),
            json!({"sort": [{"n": {"order": "desc", "unmapped_type": "long"}}]}),
            json!({"sort": [{"k": {"missing": "_first", "unmapped_type": "keyword"}}, "_score"], "track_scores": true}),
            json!({"sort": ["_doc"]}),
            json!({"query": {"match_none": {}}}),
        ] {
            let storage = storage();
            let library = Library::over(Arc::clone(&storage));
            let whole = library.json(&format!("POST /{path}/_search {body}"));
            let expected = whole["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{path} {body}: {whole}"));
            assert_eq!(&scan(&library, path, &body, || ()), expected, "{path} {body}");
            // What comes later is not seen.
            let change = || add(&storage, "lib-b", r#"{"name": "red fox", "n": 3}"#);
            assert_eq!(&scan(&library, path, &body, change), expected, "{path} {body}");
        }
    }
}

#[test]
fn an_index_that_fails_is_not_in_the_next_pages() {
    let library = Library::new();
    let body = json!({"sort": ["x"], "query": {"exists": {"field": "x"}}});
    let first = library.json(&format!("POST /lib-b,lib-c/_search?scroll=1m&size=1 {body}"));
    assert_eq!(first["_shards"]["failed"], json!(1));
    let next = json!({"scroll_id": first["_scroll_id"], "scroll": "1m"});
    let next = library.json(&format!("POST /_search/scroll {next}"));
    assert_eq!(next["_shards"], json!({"total": 1, "successful": 1, "skipped": 0, "failed": 0}));
    assert_eq!(next["hits"]["hits"][0]["_id"], json!("5"));
}

#[test]
fn a_point_in_time_is_of_the_indices_that_there_were() {
    let storage = storage();
    let library = Library::over(Arc::clone(&storage));
    for path in ["lib-a,lib-b", "lib-*", "_all", "lib-al", "lib-fa,lib-b", "nope,lib-a"] {
        let options = "keep_alive=1m&ignore_unavailable=true";
        let made = library.json(&format!("POST /{path}/_search/point_in_time?{options}"));
        let body = json!({"sort": [{"name.raw": {"unmapped_type": "keyword"}}], "size": 20, "aggs": {
            "k": {"terms": {"field": "k"}},
        }});
        let expected = library.json(&format!("POST /{path}/_search?ignore_unavailable=true {body}"));
        assert_eq!(made["_shards"]["total"], expected["_shards"]["total"], "{path}");
        add(&storage, "lib-a", r#"{"name": "new", "k": "new"}"#);
        let mut at = body.clone();
        at["pit"] = json!({"id": made["pit_id"]});
        let found = library.json(&format!("POST /_search {at}"));
        for key in ["hits", "aggregations", "_shards"] {
            assert_eq!(found[key], expected[key], "{path} {key}");
        }
        // Pages are those of any search over several indices.
        let mut after = at.clone();
        after["search_after"] = expected["hits"]["hits"][0]["sort"].clone();
        assert!(library.json(&format!("POST /_search {after}"))["hits"]["hits"].is_array(), "{path}");
    }
}

#[test]
fn a_new_index_is_not_in_a_point_in_time() {
    let storage = storage();
    let library = Library::over(Arc::clone(&storage));
    let made = library.json("POST /*/_search/point_in_time?keep_alive=1m");
    add_index(&storage, "lib-d", &json!({"properties": {"name": {"type": "text"}}}), r#"{"name": "red"}"#);
    let body = json!({"pit": {"id": made["pit_id"]}, "query": {"match": {"name": "red"}}});
    let found = library.json(&format!("POST /_search {body}"));
    assert_eq!((&found["hits"]["total"]["value"], &found["_shards"]["total"]), (&json!(4), &json!(3)));
}

#[test]
fn without_one_of_its_indices_a_cursor_has_ended() {
    let storage = storage();
    let library = Library::over(Arc::clone(&storage));
    let scroll = library.json("POST /lib-*/_search?scroll=1m&size=1 {}");
    let made = library.json("POST /lib-*/_search/point_in_time?keep_alive=1m");
    block_on(delete_index(&storage, "lib-b")).expect("deleted");
    let library = Library::over(storage);
    let next = json!({"scroll_id": scroll["_scroll_id"], "scroll": "1m"});
    library.check_error(&format!("POST /_search/scroll {next}"), 404, "search_phase_execution_exception");
    let body = json!({"pit": {"id": made["pit_id"]}});
    library.check_error(&format!("POST /_search {body}"), 404, "search_phase_execution_exception");
}

#[test]
fn no_index_has_one_page_and_no_point_in_time() {
    let library = Library::new();
    library.check(
        "POST /nope*/_search?scroll=1m {}",
        200,
        r#"{"timed_out":false,"_shards":{"total":0,"successful":0,"skipped":0,"failed":0},"hits":{"total":{"value":0,"relation":"eq"},"max_score":0.0,"hits":[]}}"#,
    );
    library.check_error("POST /nope*/_search/point_in_time?keep_alive=1m", 400, "illegal_argument_exception");
    library.check_error("POST /nope/_search/point_in_time?keep_alive=1m", 404, "index_not_found_exception");
}
