//! The indexing function with a function URL: requests that change something.

use std::thread;

use quidditch_test_guests::Guest;
use quidditch_tests::{HttpAnswer, Invoked, LambdaFunction, LambdaProcess, LambdaStore, function_url_event};
use serde_json::{Value as Json, json};

const MAPPING: &str = r#"{"properties": {"name": {"type": "keyword"}, "inhabitants": {"type": "integer"}}}"#;

fn start(store: &LambdaStore) -> LambdaProcess {
    store.start(LambdaFunction::Index, &[("QUIDDITCH_WRITES", "true")])
}

/// Sends a request with a body of JSON; an empty one if it is null.
#[track_caller]
fn send(process: &LambdaProcess, method: &str, target: &str, body: &Json) -> HttpAnswer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    process.send(method, target, &[("content-type", "application/json")], body.as_bytes())
}

/// Type and reason of an error.
fn reason(answer: &HttpAnswer) -> String {
    let error = &answer.json()["error"];
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    format!("{} {}: {}", answer.status, text(&error["type"]), text(&error["reason"]))
}

#[test]
fn an_index_is_created_filled_changed_searched_and_deleted() {
    let store = LambdaStore::new();
    let process = start(&store);
    assert_eq!(send(&process, "HEAD", "/towns", &Json::Null).status, 404);
    let mapping: Json = serde_json::from_str(MAPPING).expect("JSON");
    assert_eq!(send(&process, "PUT", "/towns", &json!({ "mappings": mapping })).status, 200);
    let lines = [
        json!({ "index": { "_id": "1" } }),
        json!({ "name": "Ulm", "inhabitants": 126_000 }),
        json!({ "create": { "_id": "2" } }),
        json!({ "name": "Trier", "inhabitants": 112_000 }),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let filled = process.send("POST", "/towns/_bulk", &[("content-type", "application/x-ndjson")], lines.as_bytes());
    assert_eq!((filled.status, &filled.json()["errors"]), (200, &json!(false)));
    let changed = send(&process, "POST", "/towns/_update/1", &json!({ "doc": { "inhabitants": 128_000 } })).json();
    assert_eq!((&changed["result"], &changed["_version"]), (&json!("updated"), &json!(2)));
    assert_eq!(send(&process, "DELETE", "/towns/_doc/2", &Json::Null).json()["result"], "deleted");

    let search = store.start(LambdaFunction::Search, &[("QUIDDITCH_SNAPSHOT_SECONDS", "0")]);
    let query = json!({ "query": { "term": { "name": "Ulm" } } });
    for process in [&process, &search] {
        let (status, found) = process.search("towns", &query);
        assert_eq!(status, 200, "{found:#}");
        assert_eq!(found["hits"]["hits"][0]["_source"], json!({ "name": "Ulm", "inhabitants": 128_000 }));
    }
    assert_eq!(
        reason(&send(&search, "PUT", "/villages", &Json::Null)).split(':').next(),
        Some("403 cluster_block_exception")
    );

    assert_eq!(send(&process, "DELETE", "/towns", &Json::Null).status, 200);
    assert_eq!(send(&process, "GET", "/towns", &Json::Null).status, 404);
    assert_eq!(process.log_lines("_aws").len(), 8, "metrics for each request");
}

#[test]
fn events_about_uploads_are_handled_as_well() {
    let store = LambdaStore::new();
    let process = start(&store);
    assert_eq!(send(&process, "PUT", "/towns", &Json::Null).status, 200);
    let Invoked::Failed { message, .. } = process.uploaded(&[("incoming/towns/a.ndjson", "0a")]) else {
        panic!("there is no such file")
    };
    assert!(message.starts_with("cannot add file incoming/towns/a.ndjson to index [towns]"), "{message}");
}

#[test]
fn requests_are_answered_only_if_the_settings_say_so() {
    let store = LambdaStore::new();
    let process = store.start(LambdaFunction::Index, &[]);
    let event = function_url_event("PUT", "/towns", &[], b"");
    let Invoked::Failed { message, .. } = process.invoke(&event) else { panic!("it was answered") };
    assert_eq!(message, "not an event of S3: it has neither Records nor detail");
}

#[test]
fn small_splits_are_merged_before_the_answer() {
    let store = LambdaStore::new();
    store.add("towns", MAPPING, b"");
    let process = start(&store);
    let mut most = 0;
    for number in 0..20 {
        let written = send(&process, "PUT", &format!("/towns/_doc/{number}"), &json!({ "inhabitants": number }));
        assert_eq!(written.status, 201);
        let splits = send(&process, "GET", "/_cat/segments?format=json", &Json::Null).json();
        most = most.max(splits.as_array().map_or(0, Vec::len));
    }
    assert!((2..10).contains(&most), "{most} splits");
    assert_eq!(send(&process, "GET", "/towns/_count", &Json::Null).json()["count"], 20);
}

#[test]
fn of_two_processes_one_creates_a_document() {
    let store = LambdaStore::new();
    store.add("towns", MAPPING, b"");
    let processes = [start(&store), start(&store)];
    let statuses: Vec<Vec<u16>> = thread::scope(|scope| {
        let writers = processes.each_ref().map(|process| {
            scope.spawn(move || {
                let create = |number| send(process, "PUT", &format!("/towns/_create/{number}"), &json!({})).status;
                (0..10).map(create).collect()
            })
        });
        writers.into_iter().map(|writer| writer.join().expect("it ends")).collect()
    });
    for (number, pair) in statuses[0].iter().zip(&statuses[1]).enumerate() {
        assert!(matches!(pair, (201, 409) | (409, 201)), "{number}: {pair:?}");
    }
}

#[test]
fn functions_and_stored_scripts_are_not_touched() {
    let store = LambdaStore::new();
    store.add("towns", MAPPING, b"{\"name\": \"Ulm\"}\n");
    let process = start(&store);
    let script = json!({ "script": { "lang": "painless", "source": "1" } });
    insta::assert_snapshot!(reason(&send(&process, "PUT", "/_scripts/one", &script)), @"403 security_exception: this program cannot change stored scripts, which other users may run: use `quidditch script`");
    let cause = |answer: HttpAnswer| {
        let cause = &answer.json()["error"]["failed_shards"][0]["reason"]["caused_by"];
        format!("{} {}: {}", answer.status, cause["type"], cause["reason"])
    };
    let filter = json!({ "query": { "wasm_udf": { "name": "near", "parameters": {} } } });
    insta::assert_snapshot!(cause(send(&process, "POST", "/towns/_delete_by_query", &filter)), @r#"400 "resource_not_found_exception": "the indexing function has no access to user functions and stored scripts: send the request to the search function""#);
    let stored = json!({ "query": { "script": { "script": { "id": "one" } } } });
    insta::assert_snapshot!(cause(send(&process, "POST", "/towns/_search", &stored)), @r#"400 "resource_not_found_exception": "the indexing function has no access to user functions and stored scripts: send the request to the search function""#);
    assert_eq!(send(&process, "GET", "/_udf", &Json::Null).status, 200);
    let refused = |method: &str, target: &str, body: &Json| reason(&send(&process, method, target, body));
    insta::assert_snapshot!(refused("DELETE", "/_udf/near/1.0.0", &Json::Null), @"403 security_exception: this program cannot change functions, which other users may call: use `quidditch udf`");
    let test = json!({ "role": "filter", "documents": [] });
    insta::assert_snapshot!(refused("POST", "/_udf/near/_test", &test), @"403 security_exception: this program runs no functions: send the request to a server, or use `quidditch udf run`");
}

#[test]
fn functions_are_yanked_and_tried_if_the_settings_say_so() {
    let store = LambdaStore::new();
    let targets = ["--target", "x86_64-linux", "--target", "aarch64-linux"];
    store.publish("keeps", &Guest::new().build(), &targets);
    let process = store.start(LambdaFunction::Index, &[("QUIDDITCH_WRITES", "true"), ("QUIDDITCH_PUBLISHING", "true")]);
    assert_eq!(send(&process, "GET", "/_udf", &Json::Null).json()["functions"][0]["name"], "keeps");
    let test = json!({
        "role": "filter", "parameters": { "minimum": 2 },
        "mapping": { "properties": { "population": { "type": "long" } } },
        "documents": [{ "population": 1 }, { "population": 2 }],
    });
    let tried = send(&process, "POST", "/_udf/keeps/_test", &test);
    let expected = json!([{ "document": 0, "kept": false }, { "document": 1, "kept": true }]);
    assert_eq!((tried.status, &tried.json()["results"]), (200, &expected), "{}", tried.json());

    let component = Guest::new().build();
    let put = process.send("PUT", "/_udf/keeps/2.0.0", &[("content-type", "application/wasm")], &component);
    insta::assert_snapshot!(reason(&put), @"403 security_exception: this program has no compiler: publish the component with `quidditch udf publish`");
    assert_eq!(send(&process, "DELETE", "/_udf/keeps/1.0.0", &Json::Null).json()["result"], "yanked");
    let shown = send(&process, "GET", "/_udf/keeps/1.0.0", &Json::Null).json();
    assert!(shown["yanked"]["unix_millis"].is_i64(), "{shown:#}");
    let search = store.start(LambdaFunction::Search, &[]);
    assert_eq!(search.send("GET", "/_udf", &[], b"").json()["functions"][0]["yanked"], json!(["1.0.0"]));
}
