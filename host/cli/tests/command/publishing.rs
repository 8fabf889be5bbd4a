//! Publishing, yanking and trying functions over HTTP.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value as Json, json};

use crate::fixture::{Installation, Server, client, custom_score};

fn request(server: &Server, method: Method, path: &str) -> RequestBuilder {
    client().request(method, format!("{}{path}", server.url))
}

fn put(server: &Server, path: &str, component: Vec<u8>) -> RequestBuilder {
    request(server, Method::PUT, path).header("content-type", "application/wasm").body(component)
}

async fn answer(request: RequestBuilder) -> (StatusCode, Json) {
    let response: Response = request.send().await.expect("the server answers");
    (response.status(), response.json().await.expect("the answer is JSON"))
}

/// Status, type and reason of an error.
async fn error(request: RequestBuilder) -> String {
    let (status, answer) = answer(request).await;
    let error = &answer["error"];
    let caused_by = match error["caused_by"]["reason"].as_str() {
        Some(reason) => format!(": {reason}"),
        None => String::new(),
    };
    let text = |key: &str| error[key].as_str().unwrap_or_default();
    format!("{} {}: {}{caused_by}", status.as_u16(), text("type"), text("reason"))
}

/// The version that a search without a version calls.
async fn called(server: &Server) -> Json {
    let function = json!({ "name": "f", "parameters": { "field": "population" } });
    let query = json!({ "script_score": { "query": { "match_all": {} }, "wasm_udf": function } });
    let search = request(server, Method::POST, "/cities/_search").json(&json!({ "profile": true, "query": query }));
    answer(search).await.1["profile"]["functions"][0]["version"].clone()
}

#[tokio::test]
async fn a_component_is_published_and_yanked() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    let (status, published) = answer(put(&server, "/_udf/f/1.0.0", custom_score())).await;
    assert_eq!(
        (status, &published["result"], &published["version"]),
        (StatusCode::CREATED, &json!("created"), &json!("1.0.0"))
    );
    assert_eq!(published["size"], custom_score().len());
    assert_eq!(called(&server).await, "1.0.0");
    assert_eq!(answer(put(&server, "/_udf/f/1.1.0", custom_score())).await.0, StatusCode::CREATED);
    assert_eq!(called(&server).await, "1.1.0", "the same server sees it at once");

    let (status, again) = answer(put(&server, "/_udf/f/1.0.0", custom_score())).await;
    assert_eq!((status, &again["result"]), (StatusCode::OK, &json!("noop")));

    let yank = || request(&server, Method::DELETE, "/_udf/f/1.1.0");
    let yanked = json!({ "name": "f", "version": "1.1.0", "result": "yanked" });
    assert_eq!(answer(yank()).await, (StatusCode::OK, yanked));
    assert_eq!(answer(yank()).await.1["result"], "noop");
    assert_eq!(called(&server).await, "1.0.0");
    let shown = installation.json(&["udf", "show", "f@1.1.0", "--json"]);
    assert_eq!((&shown["published_from"], &shown["published_by"]), (&json!("HTTP"), &Json::Null));
    assert!(shown["yanked"]["unix_millis"].is_i64());
}

#[tokio::test]
async fn mistakes_are_errors_with_codes() {
    let installation = Installation::new();
    let server = installation.serve();
    answer(put(&server, "/_udf/f/1.0.0", custom_score())).await;
    let mut other = custom_score();
    // A custom section makes it another component.
    other.extend(b"\0\x0d\x07version2.3.4");
    insta::assert_snapshot!(error(put(&server, "/_udf/f/1.0.0", other)).await, @"400 resource_already_exists_exception: function f@1.0.0 is already published with different contents, use another version");
    insta::assert_snapshot!(error(put(&server, "/_udf/F/1.0.0", custom_score())).await, @"400 illegal_argument_exception: invalid function name [F], must be NAME or NAMESPACE/NAME, each a lower-case letter followed by up to 63 lower-case letters, digits or _");
    insta::assert_snapshot!(error(put(&server, "/_udf/f/1.0", custom_score())).await, @"400 illegal_argument_exception: invalid version [1.0], must be a semantic version such as 1.0.0: unexpected end of input while parsing minor version number");
    insta::assert_snapshot!(error(put(&server, "/_udf/g/1.0.0", b"text".to_vec())).await, @"400 script_exception: compile error: it is not WebAssembly (a WebAssembly file begins with the bytes 00 61 73 6d)");
    insta::assert_snapshot!(error(put(&server, "/_udf/g/1.0.0", Vec::new())).await, @"400 parse_exception: request body is required: a component");
    let text = request(&server, Method::PUT, "/_udf/g/1.0.0").json(&json!({}));
    insta::assert_snapshot!(error(text).await, @"406 media_type_header_exception: Content-Type header [application/json] is not supported; send a component as [application/wasm]");
    insta::assert_snapshot!(error(request(&server, Method::DELETE, "/_udf/f/2.0.0")).await, @"404 resource_not_found_exception: unknown version [2.0.0], published: [1.0.0]");
    insta::assert_snapshot!(error(request(&server, Method::DELETE, "/_udf/g/1.0.0")).await, @"404 resource_not_found_exception: unknown function [g], published: [f]");
    insta::assert_snapshot!(error(request(&server, Method::DELETE, "/_udf/f/1")).await, @"400 illegal_argument_exception: invalid version [1], must be a semantic version such as 1.0.0: unexpected end of input while parsing major version number");
    insta::assert_snapshot!(error(request(&server, Method::POST, "/_udf/f/1.0.0")).await, @"405 method_not_allowed_exception: incorrect HTTP method for uri [/_udf/f/1.0.0] and method [POST], allowed: [DELETE, GET, HEAD, PUT]");
}

#[tokio::test]
async fn only_callers_who_may_publish_change_functions() {
    let installation = Installation::with_cities();
    let user = |name: &str, roles: &str| {
        let line = installation.run_with(&["credential", "user", name, "--roles", roles], "s3cret\n");
        line.strip_prefix("0\n").expect("it succeeds").to_owned()
    };
    let users = installation.write("users", user("grace", "read,write,publish") + &user("bob", "read,write"));
    let server = installation.serve_with(&["--users-file", &users]);
    let publish = |name: &str| put(&server, "/_udf/f/1.0.0", custom_score()).basic_auth(name, Some("s3cret"));
    insta::assert_snapshot!(error(publish("bob")).await, @"403 security_exception: no permissions for [publish] and User [name=bob, roles=[read,write]]");
    assert_eq!(answer(publish("grace")).await.0, StatusCode::CREATED);
    let shown = installation.json(&["udf", "show", "f", "--json"]);
    assert_eq!(shown["published_by"], "grace");
    let yank = |name: &str| request(&server, Method::DELETE, "/_udf/f/1.0.0").basic_auth(name, Some("s3cret"));
    assert_eq!(answer(yank("bob")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(answer(yank("grace")).await.0, StatusCode::OK);
    assert_eq!(installation.json(&["udf", "show", "f@1.0.0", "--json"])["yanked"]["by"], "grace");

    let read_only = installation.serve_with(&["--read-only"]);
    let (status, refused) = answer(put(&read_only, "/_udf/f/2.0.0", custom_score())).await;
    assert_eq!((status, &refused["error"]["type"]), (StatusCode::FORBIDDEN, &json!("cluster_block_exception")));
}

#[tokio::test]
async fn a_function_is_tried_on_documents() {
    let installation = Installation::new();
    let server = installation.serve();
    answer(put(&server, "/_udf/f/1.0.0", custom_score())).await;
    let test = |body: Json| request(&server, Method::POST, "/_udf/f/_test").json(&body);
    let (status, tried) = answer(test(json!({
        "role": "scorer",
        "version": "^1",
        "parameters": { "field": "n", "boost": 2, "factor": 1 },
        "mapping": { "properties": { "n": { "type": "long" } } },
        "documents": [{ "_id": "a", "n": 3 }, { "n": "text" }, { "n": 5 }],
    })))
    .await;
    assert_eq!(status, StatusCode::OK, "{tried}");
    let expected = json!([{ "document": 0, "_id": "a", "score": 5.0 }, { "document": 2, "score": 7.0 }]);
    assert_eq!((&tried["results"], &tried["version"]), (&expected, &json!("1.0.0")));
    assert_eq!(tried["bad_documents"][0]["document"], 1);
    assert_eq!((&tried["documents"], &tried["calls"], &tried["log"]), (&json!(2), &json!(1), &json!([])));
    assert!(tried["nanos_per_document"].as_f64().is_some_and(|nanos| nanos > 0.0));

    insta::assert_snapshot!(error(test(json!({ "role": "filter", "documents": [] }))).await, @"400 script_exception: compile error: the function is not a filter");
    insta::assert_snapshot!(error(test(json!({ "role": "scorer", "documents": [{}] }))).await, @"400 script_exception: compile error: parameter [field] is required");
    insta::assert_snapshot!(error(test(json!({ "role": "scorer", "version": "2.0.0", "documents": [] }))).await, @"404 resource_not_found_exception: unknown version [2.0.0], published: [1.0.0]");
    insta::assert_snapshot!(error(test(json!({ "role": "scorer", "version": "new", "documents": [] }))).await, @"400 illegal_argument_exception: invalid version [new], must be a version such as 1.0.0, or a requirement such as ^1.2");
    let many =
        json!({ "role": "scorer", "parameters": { "field": "n" }, "documents": vec![json!({ "n": 1 }); 10_001] });
    insta::assert_snapshot!(error(test(many)).await, @"400 illegal_argument_exception: too many documents: at most 10000 are allowed");
    let unknown = request(&server, Method::POST, "/_udf/g/_test").json(&json!({ "role": "filter", "documents": [] }));
    insta::assert_snapshot!(error(unknown).await, @"404 resource_not_found_exception: unknown function [g], published: [f]");
}

#[tokio::test]
async fn a_stored_script_may_be_another_name_of_a_function() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        assert_eq!(answer(put(&server, &format!("/_udf/f/{version}"), custom_score())).await.0, StatusCode::CREATED);
    }
    let store = |path: &str, source: &str| {
        let script = json!({ "script": { "lang": "wasm", "source": source } });
        request(&server, Method::PUT, &format!("/_scripts/{path}")).json(&script)
    };
    assert_eq!(answer(store("popular/score", "f@^1")).await, (StatusCode::OK, json!({ "acknowledged": true })));
    let script = json!({ "id": "popular", "params": { "field": "population" } });
    let query = json!({ "script_score": { "query": { "match_all": {} }, "script": script } });
    let search = request(&server, Method::POST, "/cities/_search").json(&json!({ "profile": true, "query": query }));
    let (status, found) = answer(search).await;
    assert_eq!(status, StatusCode::OK, "{found:#}");
    assert_eq!(found["profile"]["functions"][0]["version"], "1.1.0");
    assert_eq!(found["hits"]["hits"][0]["_id"], "1", "the largest city");
    let shown = answer(request(&server, Method::GET, "/_scripts/popular")).await.1;
    assert_eq!(shown["script"], json!({ "lang": "wasm", "source": "f@^1" }));

    insta::assert_snapshot!(error(store("s", "g")).await, @"400 illegal_argument_exception: function g failed to load: unknown function [g], published: [f]");
    insta::assert_snapshot!(error(store("s/filter", "f")).await, @"400 illegal_argument_exception: function [f@2.0.0] cannot be called in the context [filter]: its roles are [scorer]");
    insta::assert_snapshot!(error(store("s/field", "f")).await, @"400 illegal_argument_exception: a function cannot be called in the context [field]");
    let aggregation = json!({ "aggs": { "a": { "terms": { "field": "country" },
        "aggs": { "b": { "bucket_script": { "buckets_path": {}, "script": { "id": "popular" } } } } } } });
    let refused = answer(request(&server, Method::POST, "/cities/_search").json(&aggregation)).await.1.to_string();
    assert!(
        refused.contains("the stored script [popular] is the function [f@^1], which cannot be called here"),
        "{refused}"
    );
}
