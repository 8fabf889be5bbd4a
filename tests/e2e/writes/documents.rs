//! What the routes of documents answer: the statuses and types of errors that OpenSearch 2.19 was asked for.

use quidditch_tests::{Quidditch, Server};
use reqwest::Method;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use super::client::{WriteClient, runtime};

/// A server with an empty index.
struct Fixture {
    _quidditch: Quidditch,
    _server: Server,
    runtime: Runtime,
    client: WriteClient,
}

fn fixture() -> Fixture {
    let quidditch = Quidditch::new();
    let server = quidditch.serve(["--commit-delay", "0"]);
    let client = WriteClient::new(&server);
    let fixture = Fixture { _quidditch: quidditch, _server: server, runtime: runtime(), client };
    let mapping = r#"{"mappings":{"properties":{"n":{"type":"integer"},"t":{"type":"text"},"k":{"type":"keyword"}}}}"#;
    assert_eq!(fixture.put("/a", mapping).0, 200);
    fixture
}

impl Fixture {
    fn send(&self, method: Method, path: &str, body: &str) -> (u16, Json) {
        self.runtime.block_on(self.client.send(method, path, body))
    }

    fn put(&self, path: &str, body: &str) -> (u16, Json) {
        self.send(Method::PUT, path, body)
    }

    fn post(&self, path: &str, body: &str) -> (u16, Json) {
        self.send(Method::POST, path, body)
    }

    fn get(&self, path: &str) -> (u16, Json) {
        self.send(Method::GET, path, "")
    }

    /// The status, and the reason of an error.
    fn error(&self, method: Method, path: &str, body: &str) -> String {
        let (status, answer) = self.send(method, path, body);
        let error = &answer["error"];
        format!("{status} {}: {}", error["type"].as_str().unwrap_or("-"), error["reason"].as_str().unwrap_or("-"))
    }
}

#[test]
fn documents_are_stored_read_and_deleted() {
    let server = fixture();
    let written = |version: u64, seq_no: u64, result: &str| {
        json!({ "_index": "a", "_id": "1", "_version": version, "result": result,
            "_shards": { "total": 1, "successful": 1, "failed": 0 }, "_seq_no": seq_no, "_primary_term": 1 })
    };
    assert_eq!(server.put("/a/_doc/1", r#"{"n": 1}"#), (201, written(1, 0, "created")));
    assert_eq!(server.put("/a/_doc/1?refresh=wait_for&timeout=1m&routing=x", r#"{"n":2}"#), (200, written(2, 1, "updated")));
    let (status, answer) = server.post("/a/_doc/1?refresh", r#"{"n":3}"#);
    assert_eq!((status, &answer["forced_refresh"]), (200, &json!(true)));
    let (status, answer) = server.get("/a/_doc/1");
    let found = json!({ "_index": "a", "_id": "1", "_version": 3, "_seq_no": 2, "_primary_term": 1, "found": true,
        "_source": { "n": 3 } });
    assert_eq!((status, answer), (200, found));
    assert_eq!(server.get("/a/_search?q=n:3&version&seq_no_primary_term").1["hits"]["hits"][0],
        json!({ "_index": "a", "_id": "1", "_version": 3, "_seq_no": 2, "_primary_term": 1, "_score": 1.0, "_source": { "n": 3 } }));
    let (status, answer) = server.post("/a/_doc", r#"{"n":4}"#);
    assert_eq!((status, answer["_id"].as_str().map(str::len)), (201, Some(26)));
    assert_eq!(server.send(Method::DELETE, "/a/_doc/1", ""), (200, written(4, 4, "deleted")));
    let (status, answer) = server.send(Method::DELETE, "/a/_doc/1", "");
    assert_eq!((status, &answer["result"]), (404, &json!("not_found")));
    assert_eq!(server.get("/a/_doc/1"), (404, json!({ "_index": "a", "_id": "1", "found": false })));
    assert_eq!(server.get("/a/_count").1["count"], 1);
}

#[test]
fn conditions_that_do_not_hold_are_conflicts() {
    let server = fixture();
    assert_eq!(server.put("/a/_create/1", r#"{"n":1}"#).0, 201);
    let put = |path: &str| server.error(Method::PUT, path, r#"{"n":2}"#);
    let conflict = "409 version_conflict_engine_exception: [1]: version conflict, ";
    assert_eq!(put("/a/_create/1"), format!("{conflict}document already exists (current version [1])"));
    assert_eq!(put("/a/_doc/1?op_type=create"), format!("{conflict}document already exists (current version [1])"));
    assert_eq!(
        put("/a/_doc/1?if_seq_no=7&if_primary_term=1"),
        format!("{conflict}required seqNo [7], primary term [1]. current document has seqNo [0] and primary term [1]")
    );
    assert_eq!(
        put("/a/_doc/1?version=1&version_type=external"),
        format!("{conflict}current version [1] is higher or equal to the one provided [1]")
    );
    assert_eq!(server.put("/a/_doc/1?version=5&version_type=external", r#"{"n":5}"#).1["_version"], 5);
    assert_eq!(server.put("/a/_doc/1?version=5&version_type=external_gte", r#"{"n":5}"#).0, 200);
    assert_eq!(
        put("/a/_doc/1?version=4&version_type=external_gte"),
        format!("{conflict}current version [5] is higher than the one provided [4]")
    );
    assert_eq!(
        server.error(Method::GET, "/a/_doc/1?version=3", ""),
        format!("{conflict}current version [5] is different than the one provided [3]")
    );
    assert!(server.error(Method::DELETE, "/a/_doc/1?if_seq_no=99&if_primary_term=1", "").starts_with("409"));
    assert!(put("/a/_doc/none?if_seq_no=1&if_primary_term=1").ends_with("but no document was found"));
}

#[test]
fn mistakes_are_told() {
    let server = fixture();
    let put = |path: &str| server.error(Method::PUT, path, r#"{"n":2}"#);
    let mut errors = vec![
        put("/a/_doc/1?op_type=foo"),
        put("/a/_doc/1?if_seq_no=1"),
        put("/a/_doc/1?if_primary_term=1"),
        put("/a/_doc/1?if_seq_no=-1&if_primary_term=1"),
        put("/a/_doc/1?if_seq_no=x&if_primary_term=1"),
        put("/a/_doc/1?version=5"),
        put("/a/_doc/1?version_type=external"),
        put("/a/_doc/1?version=-1&version_type=external"),
        put("/a/_doc/1?version=6&version_type=foo"),
        put("/a/_create/9?version=6&version_type=external"),
        put("/a/_create/9?if_seq_no=1&if_primary_term=1"),
        put("/a/_doc/1?version=9&version_type=external&if_seq_no=1&if_primary_term=1"),
        put("/a/_doc/1?refresh=maybe"),
        put("/a/_doc/1?pipeline=foo"),
        put("/a/_doc/1?foo=1"),
        put("/a/_doc/1?require_alias=true"),
    ];
    for body in [r#"{"n":"x"}"#, "[1]", r#"{"n":"#, "", r#"{"_id":"x"}"#, r#"{"k":{"a":1}}"#] {
        errors.push(server.error(Method::PUT, "/a/_doc/1", body));
    }
    errors.push(server.error(Method::DELETE, "/nope/_doc/1", ""));
    errors.push(server.error(Method::PUT, "/A/_doc/1", "{}"));
    insta::assert_snapshot!(errors.join("\n"), @r#"
    400 illegal_argument_exception: opType must be 'create' or 'index', found: [foo]
    400 action_request_validation_exception: Validation Failed: 1: ifSeqNo is set, but primary term is [0];
    400 action_request_validation_exception: Validation Failed: 1: ifSeqNo is unassigned, but primary term is [1];
    400 illegal_argument_exception: sequence numbers must be non negative. got [-1].
    400 illegal_argument_exception: Failed to parse long parameter [if_seq_no] with value [x]
    400 action_request_validation_exception: Validation Failed: 1: internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` instead;
    400 action_request_validation_exception: Validation Failed: 1: illegal version value [-3] for version type [EXTERNAL];
    400 action_request_validation_exception: Validation Failed: 1: illegal version value [-1] for version type [EXTERNAL];
    400 illegal_argument_exception: No version type match [foo]
    400 action_request_validation_exception: Validation Failed: 1: create operations only support internal versioning. use index instead;
    400 action_request_validation_exception: Validation Failed: 1: create operations do not support compare and set. use index instead;
    400 action_request_validation_exception: Validation Failed: 1: compare and write operations can not use versioning;
    400 illegal_argument_exception: Unknown value for refresh: [maybe].
    400 illegal_argument_exception: pipeline with id [foo] does not exist
    400 illegal_argument_exception: request [/a/_doc/1] contains unrecognized parameter: [foo]
    404 index_not_found_exception: no such index [a] and [require_alias] request flag is [true] and [a] is not an alias
    400 mapper_parsing_exception: failed to parse field [n] of type [integer] in document with id '1'. Preview of field's value: 'x'
    400 mapper_parsing_exception: failed to parse
    400 mapper_parsing_exception: failed to parse
    400 parse_exception: request body is required
    400 mapper_parsing_exception: Field [_id] is a metadata field and cannot be added inside a document. Use the index API request parameters.
    400 mapper_parsing_exception: failed to parse field [k] of type [keyword] in document with id '1'. Preview of field's value: '{"a":1}'
    404 index_not_found_exception: no such index [nope]
    400 invalid_index_name_exception: Invalid index name [A], must be lowercase
    "#);
    assert_eq!(server.get("/a/_count").1["count"], 0);
}

#[test]
fn updates_change_parts_of_documents() {
    let server = fixture();
    server.put("/a/_doc/1", r#"{"n":1,"o":{"a":1,"b":[1,2]}}"#);
    let post = |path: &str, body: &str| {
        let (status, answer) = server.post(path, body);
        let get = answer.get("get").map(|get| get["_source"].to_string()).unwrap_or_default();
        match answer.get("error") {
            Some(error) => format!("{status} {}: {}", error["type"].as_str().unwrap_or_default(), error["reason"].as_str().unwrap_or_default()),
            None => format!("{status} {} {} {get}", answer["result"], answer["_version"]),
        }
    };
    let answers = [
        post("/a/_update/1?_source=true", r#"{"doc":{"n":2,"o":{"c":3}}}"#),
        post("/a/_update/1", r#"{"doc":{"n":2}}"#),
        post("/a/_update/1?_source=n", r#"{"doc":{"n":2},"detect_noop":false}"#),
        post("/a/_update/1", r#"{"doc":{"n":2},"_source":["o.*"]}"#),
        post("/a/_update/none", r#"{"doc":{"n":3}}"#),
        post("/a/_update/none", r#"{"doc":{"n":3},"doc_as_upsert":true}"#),
        post("/a/_update/none2", r#"{"doc":{"n":3},"upsert":{"n":9}}"#),
        post("/a/_update/none2?retry_on_conflict=3", r#"{"doc":{"n":3},"upsert":{"n":9}}"#),
        post("/a/_update/1", "{}"),
        post("/a/_update/1", r#"{"doc":{"n":3},"foo":1}"#),
        post("/a/_update/1", r#"{"doc":[1]}"#),
        post("/a/_update/1", r#"{"doc":{"n":"x"}}"#),
        post("/a/_update/1", r#"{"doc":{"n":3},"script":"x"}"#),
        post("/a/_update/1?if_seq_no=1&if_primary_term=1", r#"{"doc":{"n":3},"upsert":{"n":1}}"#),
        post("/a/_update/1?if_seq_no=1&if_primary_term=1&retry_on_conflict=2", r#"{"doc":{"n":3}}"#),
        post("/a/_update/none2?if_seq_no=0&if_primary_term=1", r#"{"doc":{"n":3}}"#),
        post("/new/_update/1", r#"{"doc":{"n":3},"doc_as_upsert":true}"#),
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    200 "updated" 2 {"n":2,"o":{"a":1,"b":[1,2],"c":3}}
    200 "noop" 2
    200 "updated" 3 {"n":2}
    200 "noop" 3 {"o":{"a":1,"b":[1,2],"c":3}}
    404 document_missing_exception: [none]: document missing
    201 "created" 1
    201 "created" 1
    200 "updated" 2
    400 action_request_validation_exception: Validation Failed: 1: script or doc is missing;
    400 x_content_parse_exception: [UpdateRequest] unknown field [foo]
    400 x_content_parse_exception: [UpdateRequest] [doc] must be an object, but is [[1]]
    400 mapper_parsing_exception: failed to parse field [n] of type [integer] in document with id '1'. Preview of field's value: 'x'
    400 action_request_validation_exception: Validation Failed: 1: can't provide both script and doc;
    400 action_request_validation_exception: Validation Failed: 1: upsert requests don't support `if_seq_no` and `if_primary_term`;
    400 action_request_validation_exception: Validation Failed: 1: compare and write operations can not be retried;
    409 version_conflict_engine_exception: [none2]: version conflict, required seqNo [0], primary term [1]. current document has seqNo [4] and primary term [1]
    201 "created" 1
    "#);
}

#[test]
fn bulk_operations_succeed_or_fail_on_their_own() {
    let server = fixture();
    let lines = [
        r#"{"index":{"_id":"1"}}"#, r#"{"n":1}"#,
        r#"{"create":{"_id":"1"}}"#, r#"{"n":2}"#,
        r#"{"update":{"_id":"1","_source":true}}"#, r#"{"doc":{"n":3}}"#,
        r#"{"delete":{"_id":"1"}}"#,
        r#"{"delete":{"_id":"1"}}"#,
        r#"{"update":{"_id":"zz"}}"#, r#"{"doc":{"n":3}}"#,
        r#"{"index":{"_id":"2"}}"#, r#"{"n":"x"}"#,
        r#"{"index":{"_index":"Bad","_id":"2"}}"#, "{}",
        r#"{"index":{"_index":"other","_id":"2"}}"#, r#"{"new":{"field":"x"}}"#,
        r#"{"delete":{"_index":"missing","_id":"2"}}"#,
        r#"{"index":{"_id":""}}"#, "{}",
        r#"{"index":{"_id":"3"}}"#, "",
    ];
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let (status, answer) = server.post("/a/_bulk?refresh=true", &body);
    assert_eq!((status, &answer["errors"]), (200, &json!(true)), "{answer}");
    let items: Vec<String> = answer["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| {
            let (action, item) = item.as_object().and_then(|item| item.iter().next()).expect("one key");
            let kind = item["error"]["type"].as_str().or(item["result"].as_str()).unwrap_or_default();
            let get = item.get("get").map(|get| format!(" {}", get["_source"])).unwrap_or_default();
            format!("{action} {}/{} {} {kind}{get}", item["_index"].as_str().unwrap_or_default(), item["_id"].as_str().unwrap_or_default(), item["status"])
        })
        .collect();
    insta::assert_snapshot!(items.join("\n"), @r#"
    index a/1 201 created
    create a/1 409 version_conflict_engine_exception
    update a/1 200 updated {"n":3}
    delete a/1 200 deleted
    delete a/1 404 not_found
    update a/zz 404 document_missing_exception
    index a/2 400 mapper_parsing_exception
    index Bad/2 400 invalid_index_name_exception
    index other/2 201 created
    delete missing/2 404 index_not_found_exception
    index a/ 400 illegal_argument_exception
    index a/3 400 mapper_parsing_exception
    "#);
    assert_eq!(server.get("/other/_mapping").1["other"]["mappings"]["properties"]["new"]["properties"]["field"]["type"], "text");
    // A line that cannot be read: nothing is done.
    let malformed = "{\"index\":{\"_id\":\"9\"}}\n{}\n{\"foo\":{}}\n{}\n";
    assert_eq!(server.error(Method::POST, "/a/_bulk", malformed), "400 illegal_argument_exception: Malformed action/metadata line [3], expected one of [create, delete, index, update] but found [foo]");
    assert_eq!(server.get("/a/_doc/9").0, 404);
}

#[test]
fn documents_are_changed_by_query_and_copied() {
    let server = fixture();
    let lines: String = (0..10).map(|n| format!("{{\"index\":{{\"_id\":\"{n}\"}}}}\n{{\"n\":{n},\"k\":\"x\"}}\n")).collect();
    assert_eq!(server.post("/a/_bulk", &lines).1["errors"], false);
    let (status, answer) = server.post("/a/_delete_by_query?conflicts=proceed&slices=auto&scroll_size=2", r#"{"query":{"range":{"n":{"lt":4}}}}"#);
    assert_eq!((status, &answer["deleted"], &answer["batches"], &answer["total"]), (200, &json!(4), &json!(2), &json!(4)), "{answer}");
    let (status, answer) = server.post("/a/_delete_by_query", r#"{"query":{"match_all":{}},"max_docs":1}"#);
    assert_eq!((status, &answer["deleted"]), (200, &json!(1)));
    let (status, answer) = server.post("/a/_update_by_query", "");
    assert_eq!((status, &answer["updated"]), (200, &json!(5)), "{answer}");
    assert_eq!(server.get("/a/_doc/9").1["_version"], 2);
    let (status, answer) = server.post("/_reindex", r#"{"source":{"index":"a","_source":["n"],"query":{"range":{"n":{"gte":6}}},"size":2},"dest":{"index":"b"}}"#);
    assert_eq!((status, &answer["created"], &answer["batches"]), (200, &json!(4), &json!(2)), "{answer}");
    assert_eq!(server.get("/b/_doc/9").1["_source"], json!({"n": 9}));
    let copy = |dest: &str| server.post("/_reindex", &format!(r#"{{"source":{{"index":"a"}},"dest":{{"index":"b",{dest}}}}}"#));
    let (status, answer) = copy(r#""op_type":"create""#);
    assert_eq!((status, &answer["created"], &answer["version_conflicts"]), (409, &json!(1), &json!(4)), "{answer}");
    let (status, answer) = copy(r#""version_type":"external""#);
    assert_eq!((status, &answer["updated"], &answer["version_conflicts"]), (200, &json!(5), &json!(0)), "{answer}");
    assert_eq!(server.get("/b/_doc/9").1["_version"], 2);
    let error = |path: &str, body: &str| server.error(Method::POST, path, body);
    let errors = [
        error("/a/_delete_by_query", "{}"),
        error("/a/_delete_by_query?max_docs=0", r#"{"query":{"match_all":{}}}"#),
        error("/a/_delete_by_query?conflicts=foo", r#"{"query":{"match_all":{}}}"#),
        error("/a/_delete_by_query?slices=0", r#"{"query":{"match_all":{}}}"#),
        error("/a/_delete_by_query", r#"{"query":{"nope":{}}}"#),
        error("/nope/_delete_by_query", r#"{"query":{"match_all":{}}}"#),
        error("/_reindex", r#"{"source":{"index":"a"},"dest":{"index":"a"}}"#),
        error("/_reindex", r#"{"source":{"index":"a"}}"#),
        error("/_reindex", r#"{"dest":{"index":"a"}}"#),
        error("/_reindex", r#"{"source":{"index":"nope"},"dest":{"index":"c"}}"#),
        error("/_reindex", r#"{"source":{"index":"a"},"dest":{"index":"c"},"foo":1}"#),
        error("/_reindex", ""),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r#"
    400 action_request_validation_exception: Validation Failed: 1: query is missing;
    400 illegal_argument_exception: [max_docs] should be >= [slices]
    400 illegal_argument_exception: conflicts may only be "proceed" or "abort" but was [foo]
    400 illegal_argument_exception: [slices] must be a positive integer or the string "auto", but was [0]
    400 parsing_exception: unknown query [nope]
    404 index_not_found_exception: no such index [nope]
    400 action_request_validation_exception: Validation Failed: 1: reindex cannot write into an index its reading from [a];
    400 action_request_validation_exception: Validation Failed: 1: index must be specified;
    400 action_request_validation_exception: Validation Failed: 1: use _all if you really want to copy from all existing indexes;
    404 index_not_found_exception: no such index [nope]
    400 x_content_parse_exception: [reindex] unknown field [foo]
    400 parse_exception: request body is required
    "#);
}

#[test]
fn splits_are_merged_on_request_and_in_the_background() {
    let server = fixture();
    for n in 0..40 {
        assert_eq!(server.put(&format!("/a/_doc/{n}"), r#"{"n":1}"#).0, 201);
    }
    let splits = || {
        let stats = server.get("/a/_stats").1;
        stats["indices"]["a"]["total"]["segments"]["count"].as_u64().expect("a number")
    };
    assert!(splits() < 30, "{}", splits());
    let (status, answer) = server.post("/a/_forcemerge?max_num_segments=1", "");
    assert_eq!((status, &answer["_shards"]["successful"]), (200, &json!(1)), "{answer}");
    assert_eq!(splits(), 1);
    assert_eq!(server.get("/a/_count").1["count"], 40);
    assert_eq!(server.post("/a/_refresh", "").0, 200);
    assert_eq!(server.get("/a/_doc/39").1["_seq_no"], 39);
    let error = server.error(Method::POST, "/a/_forcemerge?max_num_segments=x", "");
    assert_eq!(error, "400 illegal_argument_exception: Failed to parse int parameter [max_num_segments] with value [x]");
}
