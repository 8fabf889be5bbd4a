//! Several searches and several documents in one request.

use serde_json::json;

use crate::library::Library;

#[test]
fn several_searches_are_answered_in_order() {
    let library = Library::new();
    let one = r#""timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}"#;
    let answer = library.json(
        "POST /lib-a/_msearch\n{}\n{\"size\":0}\n{\"index\":\"lib-b\"}\n{\"size\":0}\n{\"index\":[\"lib-a\",\"lib-b\"]}\n{\"size\":0}\n{\"index\":\"lib-a,nope\",\"ignore_unavailable\":true}\n{\"size\":0}\n",
    );
    let of = |number: usize| {
        let response = &answer["responses"][number];
        (response["hits"]["total"]["value"].clone(), response["_shards"]["total"].clone(), response["status"].clone())
    };
    assert_eq!([of(0), of(1)], [(json!(3), json!(1), json!(200)), (json!(2), json!(1), json!(200))], "{answer}");
    assert_eq!([of(2), of(3)], [(json!(5), json!(2), json!(200)), (json!(3), json!(1), json!(200))], "{answer}");
    assert!(answer["took"].is_u64());
    let typed = library.json("POST /_msearch?rest_total_hits_as_int=true&typed_keys=true&filter_path=-**.took\n{\"index\":\"lib-a\",\"search_type\":\"dfs_query_then_fetch\",\"preference\":\"_local\",\"request_cache\":true,\"routing\":\"a\",\"allow_partial_search_results\":true,\"expand_wildcards\":\"open\",\"allow_no_indices\":true,\"ignore_throttled\":false,\"ccs_minimize_roundtrips\":false}\n{\"size\":0,\"aggs\":{\"a\":{\"terms\":{\"field\":\"k\"}}}}\n");
    let expected = format!(
        r#"{{"responses":[{{{one},"hits":{{"total":3,"max_score":null,"hits":[]}},"aggregations":{{"sterms#a":{{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{{"key":"red","doc_count":2}},{{"key":"blue","doc_count":1}}]}}}},"status":200}}]}}"#
    );
    assert_eq!(typed, serde_json::from_str::<serde_json::Value>(&expected).expect("JSON"));
}

#[test]
fn a_search_that_fails_has_an_error_in_place_of_an_answer() {
    let answer = Library::new().json(
        "POST /_msearch?max_concurrent_searches=2\n{\"index\":\"nope\"}\n{\"size\":0}\n{\"index\":\"lib-a\"}\n{\"query\":{\"term\":{\"n\":\"abc\"}}}\n{\"index\":\"nope*\",\"allow_no_indices\":false}\n{\"size\":0}\n{\"index\":\"lib-a\"}\n{\"size\":0}\n",
    );
    let of = |number: usize| {
        let response = &answer["responses"][number];
        (response["status"].clone(), response["error"]["type"].clone())
    };
    assert_eq!(of(0), (json!(404), json!("index_not_found_exception")));
    assert_eq!(of(1), (json!(400), json!("search_phase_execution_exception")));
    assert_eq!(of(2), (json!(404), json!("index_not_found_exception")));
    assert_eq!(of(3), (json!(200), json!(null)));
}

#[test]
fn searches_that_cannot_be_read_make_the_request_fail() {
    let library = Library::new();
    let first = "{\"index\":\"lib-a\"}\n{\"size\":0}\n";
    for (lines, kind) in [
        ("{\"index\":\"lib-a\"}\n{\"query\":{\"trem\":{}}}\n", "parsing_exception"),
        ("{\"index\":\"lib-a\",\"foo\":1}\n{\"size\":0}\n", "illegal_argument_exception"),
        ("{\"index\":\"lib-a\"}\n{\"size\":0}", "illegal_argument_exception"),
        ("{\"index\":\"lib-a\"}\n{\"size\":\n", "json_e_o_f_exception"),
        ("{\"index\":\n{\"size\":0}\n", "json_e_o_f_exception"),
        ("{\"index\":\"lib-a\"}\n\n", "parsing_exception"),
        ("{\"index\":\"lib-a\"}\n", "illegal_argument_exception"),
    ] {
        library.check_error(&format!("POST /_msearch\n{first}{lines}"), 400, kind);
    }
    library.check_error("POST /_msearch", 400, "parse_exception");
    library.check_error("POST /_msearch\n\n", 400, "action_request_validation_exception");
    library.check_error(
        &format!("POST /_msearch?max_concurrent_searches=0\n{first}"),
        400,
        "illegal_argument_exception",
    );
    library.check_error(&format!("POST /_msearch?size=1\n{first}"), 400, "illegal_argument_exception");
    let up_to_2 = "{\"index\":\"lib-a\"}\n{\"size\":0,\"track_total_hits\":2}\n";
    library.check_error(
        &format!("POST /_msearch?rest_total_hits_as_int=true\n{up_to_2}"),
        400,
        "illegal_argument_exception",
    );
}

#[test]
fn the_number_of_searches_is_limited() {
    let library = Library::new();
    let search = "{\"index\":\"lib-c\"}\n{\"size\":0}\n";
    let answer = library.json(&format!("POST /_msearch\n{}", search.repeat(1_000)));
    assert_eq!(answer["responses"].as_array().map(Vec::len), Some(1_000));
    library.check_error(&format!("POST /_msearch\n{}", search.repeat(1_001)), 400, "illegal_argument_exception");
}

#[test]
fn several_documents_are_looked_up() {
    let library = Library::new();
    library.check(
        r#"POST /_mget {"docs":[{"_index":"lib-a","_id":"1"},{"_index":"lib-a","_id":"99"},{"_index":"lib-b","_id":4,"_source":["n"]},{"_index":"lib-a","_id":"2","_source":false},{"_index":"lib-a","_id":"2","_source":{"includes":["n","k"],"excludes":["k"]}},{"_index":"lib-fa","_id":"2","_source":"k"},{"_index":"lib-a","_id":"1","stored_fields":["n"],"routing":"1"}]}"#,
        200,
        r#"{"docs":[{"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"name":"red fox","k":"red","n":1,"d":"2024-01-01","x":"p","only_a":"z"}},
            {"_index":"lib-a","_id":"99","found":false},
            {"_index":"lib-b","_id":"4","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"n":2.5}},
            {"_index":"lib-a","_id":"2","_version":1,"_seq_no":1,"_primary_term":1,"found":true},
            {"_index":"lib-a","_id":"2","_version":1,"_seq_no":1,"_primary_term":1,"found":true,"_source":{"n":5}},
            {"_index":"lib-a","_id":"2","_version":1,"_seq_no":1,"_primary_term":1,"found":true,"_source":{"k":"blue"}},
            {"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true}]}"#,
    );
    let found = r#"{"docs":[{"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"n":1}},{"_index":"lib-a","_id":"99","found":false}]}"#;
    library.check(r#"POST /lib-a/_mget?_source=n {"ids":["1",99]}"#, 200, found);
    library.check(r#"POST /lib-a/_mget?_source_includes=n,k&_source_excludes=k&realtime=false&refresh=true&preference=_local&routing=1 {"ids":["1",99]}"#, 200, found);
    library.check(
        r#"POST /lib-a/_mget?_source=n {"ids":["1"],"docs":[{"_id":"2","_source":"k"}]}"#,
        200,
        r#"{"docs":[{"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"n":1}},{"_index":"lib-a","_id":"2","_version":1,"_seq_no":1,"_primary_term":1,"found":true,"_source":{"k":"blue"}}]}"#,
    );
    library.check(
        r#"POST /lib-a/_mget?_source=false {"ids":["1"]}"#,
        200,
        r#"{"docs":[{"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true}]}"#,
    );
}

#[test]
fn a_document_whose_index_is_unknown_has_an_error() {
    let library = Library::new();
    let answer = library.json(r#"POST /_mget {"docs":[{"_index":"nope","_id":"1"},{"_index":"lib-al","_id":"1"},{"_index":"lib-*","_id":"1"},{"_index":"lib-c","_id":"6"}]}"#);
    let kind = |number: usize| answer["docs"][number]["error"]["type"].clone();
    assert_eq!(
        [kind(0), kind(1), kind(2)],
        [json!("index_not_found_exception"), json!("illegal_argument_exception"), json!("index_not_found_exception")]
    );
    assert_eq!((&answer["docs"][0]["_index"], &answer["docs"][0]["_id"]), (&json!("nope"), &json!("1")));
    assert_eq!(answer["docs"][3]["found"], json!(true));
}

#[test]
fn mistakes_in_requests_for_documents_are_errors() {
    let library = Library::new();
    for (request, kind) in [
        (r#"POST /_mget {"ids":["1"]}"#, "action_request_validation_exception"),
        (r#"POST /_mget {"docs":[{"_id":"1"}]}"#, "action_request_validation_exception"),
        (r#"POST /lib-a/_mget {"docs":[{}]}"#, "action_request_validation_exception"),
        (r#"POST /lib-a/_mget {"docs":[{"_id":"1","foo":1}]}"#, "parse_exception"),
        (r#"POST /lib-a/_mget {"docs":[]}"#, "action_request_validation_exception"),
        (r#"POST /lib-a/_mget {"ids":[]}"#, "action_request_validation_exception"),
        ("POST /lib-a/_mget {}", "action_request_validation_exception"),
        ("POST /lib-a/_mget", "parse_exception"),
        (r#"POST /lib-a/_mget {"foo":[1]}"#, "parsing_exception"),
        (r#"POST /lib-a/_mget {"ids":"1"}"#, "parsing_exception"),
        (r#"POST /lib-a/_mget {"ids":[{"a":1}]}"#, "illegal_argument_exception"),
        (r#"POST /lib-a/_mget {"docs":"x"}"#, "parsing_exception"),
        (r#"POST /lib-a/_mget {"docs":["1"]}"#, "illegal_argument_exception"),
        (r#"POST /lib-a/_mget?foo=1 {"ids":["1"]}"#, "illegal_argument_exception"),
    ] {
        library.check_error(request, 400, kind);
    }
    let ids = |count: usize| format!("POST /lib-c/_mget {}", json!({"ids": vec!["x"; count]}));
    assert_eq!(library.json(&ids(10_000))["docs"].as_array().map(Vec::len), Some(10_000));
    library.check_error(&ids(10_001), 400, "illegal_argument_exception");
}

#[test]
fn sources_are_returned_alone() {
    let library = Library::new();
    let source = r#"{"name":"red fox","k":"red","n":1,"d":"2024-01-01","x":"p","only_a":"z"}"#;
    assert_eq!(library.send("GET /lib-a/_source/1"), (200, source.to_owned()));
    assert_eq!(library.send("GET /lib-fb/_source/1?_source=n"), (200, r#"{"n":1}"#.to_owned()));
    library.check("GET /lib-a/_source/1?_source_includes=n*", 200, r#"{"name":"red fox","n":1}"#);
    library.check(
        "GET /lib-a/_source/1?_source_excludes=n*",
        200,
        r#"{"k":"red","d":"2024-01-01","x":"p","only_a":"z"}"#,
    );
    library.check_error("GET /lib-a/_source/99", 404, "resource_not_found_exception");
    library.check_error("GET /nope/_source/1", 404, "index_not_found_exception");
    library.check_error("GET /lib-a/_source/1?_source=false", 400, "action_request_validation_exception");
    for (path, status) in
        [("lib-a/_source/1", 200), ("lib-a/_source/99", 404), ("lib-a/_doc/1", 200), ("lib-a/_doc/99", 404)]
    {
        assert_eq!(library.send(&format!("HEAD /{path}")), (status, String::new()), "{path}");
    }
    library.check(
        "GET /lib-a/_doc/1?stored_fields=n,_source&_source=n",
        200,
        r#"{"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"n":1}}"#,
    );
    library.check(
        "GET /lib-a/_doc/1?stored_fields=n",
        200,
        r#"{"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true}"#,
    );
    library.check(
        "GET /lib-a/_doc/1?stored_fields=_none_",
        200,
        r#"{"_index":"lib-a","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true}"#,
    );
}
