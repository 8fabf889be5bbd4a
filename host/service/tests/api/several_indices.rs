//! Searches over several indices: names, merged hits, sorts, totals and aggregations, and failures of some of them.

use std::sync::Arc;

use quidditch_storage::{MemoryStorage, Storage};
use serde_json::json;

use crate::library::{Library, add_index};

#[test]
fn hits_are_merged_by_their_scores() {
    // Each index has its own statistics.
    Library::new().check(
        r#"POST /lib-a,lib-b/_search {"query":{"match":{"name":"red"}}}"#,
        200,
        r#"{"timed_out":false,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0},"hits":{"total":{"value":3,"relation":"eq"},"max_score":0.6931471,"hits":[
            {"_index":"lib-b","_id":"4","_score":0.6931471,"_source":{"name":"red dog","k":"red","n":2.5,"x":7}},
            {"_index":"lib-a","_id":"2","_score":0.5981865,"_source":{"name":"red red fox","k":"blue","n":5,"x":"q"}},
            {"_index":"lib-a","_id":"1","_score":0.49917626,"_source":{"name":"red fox","k":"red","n":1,"d":"2024-01-01","x":"p","only_a":"z"}}]}}"#,
    );
}

#[test]
fn names_patterns_and_exclusions_select_indices() {
    let library = Library::new();
    let found = |path: &str, indices: &str| {
        let answer = library.json(&format!("POST /{path} {{}}"));
        let hits = answer["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{path}: {answer}"));
        let mut names: Vec<&str> = hits.iter().map(|hit| hit["_index"].as_str().expect("a name")).collect();
        names.dedup();
        assert_eq!(names.join(","), indices, "{path}");
        let count = indices.split(',').filter(|name| !name.is_empty()).count();
        assert_eq!(answer["_shards"]["total"], json!(count), "{path}");
    };
    found("_search", "lib-a,lib-b,lib-c");
    found("_all/_search", "lib-a,lib-b,lib-c");
    found("*/_search", "lib-a,lib-b,lib-c");
    found("lib-c,lib-a/_search", "lib-a,lib-c");
    found("lib-a,lib-a/_search", "lib-a");
    found("lib-*,-lib-b/_search", "lib-a,lib-c");
    found("*,-lib-a/_search", "lib-b,lib-c");
    found("lib-al/_search", "lib-a,lib-b");
    found("lib-*,-lib-al/_search", "lib-a,lib-b,lib-c");
    found("lib-a,nope/_search?ignore_unavailable=true", "lib-a");
    found("nope*/_search", "");
    found("lib-*/_search?expand_wildcards=none", "");
    found("lib-*/_search?expand_wildcards=closed", "");
    found("lib-*/_search?expand_wildcards=hidden", "");
    found("lib-*/_search?expand_wildcards=open,hidden", "lib-a,lib-b,lib-c");
    found("lib-a,lib-*/_search?expand_wildcards=none", "lib-a");
}

#[test]
fn unknown_names_are_errors() {
    let library = Library::new();
    for (path, name) in [
        ("lib-a,nope/_search", "nope"),
        ("nope,nope2/_count", "nope"),
        ("lib-a,-lib-a/_search", "-lib-a"),
        ("-lib-a,lib-*/_search", "-lib-a"),
        ("lib-al,-lib-a/_search", "-lib-a"),
        ("lib-*,-nope/_search", "nope"),
        ("nope*/_search?allow_no_indices=false", "nope*"),
        ("lib-a,nope*/_search?allow_no_indices=false", "nope*"),
        ("nope/_search?ignore_unavailable=true&allow_no_indices=false", "nope"),
        ("lib-*/_search?expand_wildcards=none&allow_no_indices=false", "lib-*"),
        ("Lib-A/_search", "Lib-A"),
        ("lib-a,,lib-b/_search", ""),
        ("a%20b/_search", "a b"),
    ] {
        let request = format!("POST /{path} {{}}");
        library.check_error(&request, 404, "index_not_found_exception");
        assert_eq!(library.json(&request)["error"]["index"], json!(name), "{path}");
    }
    library.check_error("POST /lib-a,_foo/_search {}", 400, "invalid_index_name_exception");
    library.check_error("POST /lib-*/_search?expand_wildcards=bad {}", 400, "illegal_argument_exception");
}

#[test]
fn a_query_may_be_in_the_url() {
    let library = Library::new();
    let count = |parameters: &str| library.json(&format!("GET /lib-*/_count?{parameters}"))["count"].clone();
    assert_eq!(count("q=name:red"), json!(4));
    assert_eq!(count("q=red&df=name"), json!(4));
    assert_eq!(count("q=red+fox&df=name&default_operator=AND"), json!(2));
    assert_eq!(count("q=re*&df=name&analyze_wildcard=true&lenient=true&analyzer=standard"), json!(4));
    let found = library.json(r#"POST /lib-a/_search?q=k:blue {"query":{"match_none":{}}}"#);
    assert_eq!(found["hits"]["total"]["value"], json!(1));
    let valid = library.json("GET /lib-a/_validate/query?q=name:red&explain=true");
    assert_eq!(valid["valid"], json!(true));
    library.check_error("GET /lib-a/_search?df=name", 400, "illegal_argument_exception");
    library.check_error("GET /lib-a/_count?df=name", 400, "illegal_argument_exception");
}

#[test]
fn no_index_is_an_empty_answer() {
    let library = Library::new();
    let empty = r#"{"timed_out":false,"_shards":{"total":0,"successful":0,"skipped":0,"failed":0},"hits":{"total":{"value":0,"relation":"eq"},"max_score":0.0,"hits":[]}}"#;
    library.check("POST /nope*/_search {}", 200, empty);
    library.check(
        r#"POST /nope*/_search {"aggs":{"a":{"avg":{"field":"a"}}},"track_total_hits":false,"profile":true}"#,
        200,
        r#"{"timed_out":false,"_shards":{"total":0,"successful":0,"skipped":0,"failed":0},"hits":{"max_score":0.0,"hits":[]}}"#,
    );
    library.check(
        "POST /nope*/_count {}",
        200,
        r#"{"count":0,"_shards":{"total":0,"successful":0,"skipped":0,"failed":0}}"#,
    );
    library.check_error(r#"POST /nope*/_search {"query":{"trem":{"x":"abc"}}}"#, 400, "parsing_exception");
}

/// The ids of the hits with their sort values.
fn sorted(library: &Library, indices: &str, body: &str) -> String {
    let answer = library.json(&format!("POST /{indices}/_search {body}"));
    let hits = answer["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{body}: {answer}"));
    let shown = hits.iter().map(|hit| format!("{} {}", hit["_id"].as_str().unwrap_or_default(), hit["sort"]));
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn hits_are_merged_by_their_sort_values() {
    let library = Library::new();
    let sorted = |indices: &str, body: &str| sorted(&library, indices, body);
    let (two, three) = ("lib-a,lib-b", "lib-a,lib-b,lib-c");
    // Integers and floats compare as numbers, and each index shows its own.
    insta::assert_snapshot!(sorted(two, r#"{"sort":["n"]}"#), @r"1 [1], 4 [2.5], 3 [3], 5 [4.0], 2 [5]");
    insta::assert_snapshot!(sorted(two, r#"{"sort":[{"n":{"order":"desc","missing":"_last"}}]}"#), @r"2 [5], 5 [4.0], 3 [3], 4 [2.5], 1 [1]");
    insta::assert_snapshot!(sorted(two, r#"{"sort":["k"]}"#), @r#"2 ["blue"], 5 ["green"], 1 ["red"], 3 ["red"], 4 ["red"]"#);
    insta::assert_snapshot!(sorted(two, r#"{"sort":["k",{"n":"desc"}]}"#), @r#"2 ["blue",5], 5 ["green",4.0], 3 ["red",3], 4 ["red",2.5], 1 ["red",1]"#);
    insta::assert_snapshot!(sorted(two, r#"{"sort":["k",{"n":"desc"}],"from":1,"size":2}"#), @r#"5 ["green",4.0], 3 ["red",3]"#);
    insta::assert_snapshot!(sorted(three, r#"{"sort":[{"n":{"order":"asc","unmapped_type":"integer"}}]}"#), @"1 [1], 4 [2.5], 3 [3], 5 [4.0], 2 [5], 6 [2147483647], 7 [2147483647]");
    insta::assert_snapshot!(sorted(two, r#"{"sort":[{"d":{"unmapped_type":"date"}}]}"#), @"1 [1704067200000], 2 [9223372036854775807], 3 [9223372036854775807], 4 [9223372036854775807], 5 [9223372036854775807]");
    insta::assert_snapshot!(sorted(three, r#"{"sort":[{"only_a":{"unmapped_type":"keyword"}}],"size":2}"#), @r#"1 ["z"], 2 [null]"#);
    // A text that is missing is null, and comes last.
    insta::assert_snapshot!(sorted(two, r#"{"sort":[{"d":{"unmapped_type":"keyword"}}]}"#), @"1 [1704067200000], 2 [9223372036854775807], 3 [9223372036854775807], 4 [null], 5 [null]");
    insta::assert_snapshot!(sorted(two, r#"{"sort":["_doc"]}"#), @"1 [0], 4 [0], 2 [1], 5 [1], 3 [2]");
    insta::assert_snapshot!(sorted(two, r#"{"query":{"match":{"name":"red"}},"sort":["_score","_doc"]}"#), @"4 [0.6931472,0], 2 [0.5981865,1], 1 [0.49917623,0]");
}

#[test]
fn texts_and_numbers_do_not_sort_together() {
    let library = Library::new();
    for body in [r#"{"sort":["x"]}"#, r#"{"sort":[{"only_a":{"unmapped_type":"long"}}]}"#] {
        library.check_error(&format!("POST /lib-a,lib-b/_search {body}"), 400, "search_phase_execution_exception");
    }
}

#[test]
fn an_index_that_the_request_does_not_fit_fails_alone() {
    let library = Library::new();
    library.check(
        r#"POST /lib-a,lib-b/_search?filter_path=hits.hits._id,_shards {"sort":["only_a"]}"#,
        200,
        r#"{"_shards":{"total":2,"successful":1,"skipped":0,"failed":1,"failures":[{"shard":0,"index":"lib-b","reason":{"type":"query_shard_exception","reason":"failed to create query: No mapping found for [only_a] in order to sort on","index":"lib-b"}}]},"hits":{"hits":[{"_id":"1"},{"_id":"2"},{"_id":"3"}]}}"#,
    );
    let query = r#"{"query":{"term":{"x":"abc"}}}"#;
    let failures = r#"[{"shard":0,"index":"lib-b","reason":{"type":"query_shard_exception","reason":"failed to create query: field [x] of type [long]: \"abc\" is not a number","index":"lib-b"}}]"#;
    library.check(
        &format!("POST /lib-a,lib-b/_search?filter_path=hits.total,_shards {query}"),
        200,
        &format!(r#"{{"_shards":{{"total":2,"successful":1,"skipped":0,"failed":1,"failures":{failures}}},"hits":{{"total":{{"value":0,"relation":"eq"}}}}}}"#),
    );
    library.check(
        &format!("POST /lib-a,lib-b/_count {query}"),
        200,
        &format!(
            r#"{{"count":0,"_shards":{{"total":2,"successful":1,"skipped":0,"failed":1,"failures":{failures}}}}}"#
        ),
    );
    let strict = library.json(&format!("POST /lib-a,lib-b/_search?allow_partial_search_results=false {query}"));
    assert_eq!((&strict["status"], &strict["error"]["reason"]), (&json!(400), &json!("Partial shards failure")));
    assert_eq!(strict["error"]["failed_shards"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_request_that_fits_no_index_fails() {
    let library = Library::new();
    for route in ["_search", "_count"] {
        let answer = library.json(&format!(r#"POST /lib-a,lib-b/{route} {{"query":{{"term":{{"n":"abc"}}}}}}"#));
        assert_eq!(answer["status"], json!(400));
        assert_eq!(answer["error"]["type"], json!("search_phase_execution_exception"));
        assert_eq!(answer["error"]["reason"], json!("all shards failed"));
        let of = |key: &str| answer["error"][key].as_array().map(Vec::len);
        assert_eq!((of("root_cause"), of("failed_shards")), (Some(2), Some(2)));
        assert_eq!(answer["error"]["failed_shards"][1]["index"], json!("lib-b"));
    }
}

/// The answer to one aggregation over all three indices.
fn aggregation(library: &Library, body: &str) -> String {
    let request = format!(r#"POST /lib-*/_search?typed_keys {{"size":0,"aggs":{{"a":{body}}}}}"#);
    let answer = library.json(&request);
    assert_eq!(answer["_shards"]["failed"], json!(0), "{answer}");
    answer["aggregations"].to_string()
}

#[test]
fn aggregations_are_merged() {
    let library = Library::new();
    let of = |body: &str| aggregation(&library, body);
    insta::assert_snapshot!(of(r#"{"max":{"field":"n"}}"#), @r#"{"max#a":{"value":5.0}}"#);
    insta::assert_snapshot!(of(r#"{"avg":{"field":"n"}}"#), @r#"{"avg#a":{"value":3.1}}"#);
    insta::assert_snapshot!(of(r#"{"cardinality":{"field":"n"}}"#), @r#"{"cardinality#a":{"value":5}}"#);
    insta::assert_snapshot!(of(r#"{"cardinality":{"field":"x"}}"#), @r#"{"cardinality#a":{"value":4}}"#);
    insta::assert_snapshot!(of(r#"{"value_count":{"field":"n"}}"#), @r#"{"value_count#a":{"value":5}}"#);
    insta::assert_snapshot!(of(r#"{"missing":{"field":"n"}}"#), @r#"{"missing#a":{"doc_count":2}}"#);
    insta::assert_snapshot!(of(r#"{"histogram":{"field":"n","interval":2}}"#), @r#"{"histogram#a":{"buckets":[{"key":0.0,"doc_count":1},{"key":2.0,"doc_count":2},{"key":4.0,"doc_count":2}]}}"#);
    insta::assert_snapshot!(of(r#"{"range":{"field":"n","ranges":[{"to":3}]}}"#), @r#"{"range#a":{"buckets":[{"key":"*-3.0","to":3.0,"doc_count":2}]}}"#);
    insta::assert_snapshot!(of(r#"{"date_histogram":{"field":"d","calendar_interval":"day"}}"#), @r#"{"date_histogram#a":{"buckets":[{"key_as_string":"2024-01-01T00:00:00.000Z","key":1704067200000,"doc_count":1}]}}"#);
}

#[test]
fn terms_of_several_indices_are_merged() {
    let library = Library::new();
    let of = |field: &str| aggregation(&library, &format!(r#"{{"terms":{{"field":"{field}"}}}}"#));
    insta::assert_snapshot!(of("k"), @r#"{"sterms#a":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"red","doc_count":3},{"key":"blue","doc_count":1},{"key":"green","doc_count":1}]}}"#);
    // Integers of one index and floats of another are floats.
    insta::assert_snapshot!(of("n"), @r#"{"dterms#a":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":1.0,"doc_count":1},{"key":2.5,"doc_count":1},{"key":3.0,"doc_count":1},{"key":4.0,"doc_count":1},{"key":5.0,"doc_count":1}]}}"#);
    insta::assert_snapshot!(of("d"), @r#"{"lterms#a":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":1704067200000,"key_as_string":"2024-01-01T00:00:00.000Z","doc_count":1}]}}"#);
    insta::assert_snapshot!(of("only_a"), @r#"{"sterms#a":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"z","doc_count":1}]}}"#);
    insta::assert_snapshot!(of("nope"), @r#"{"sterms#a":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[]}}"#);
    // The order of the names does not matter: the index without the field comes first here.
    let answer = library.json(r#"POST /lib-c,lib-b/_search {"size":0,"aggs":{"a":{"terms":{"field":"n"},"aggs":{"b":{"terms":{"field":"k"}}}}}}"#);
    assert_eq!(answer["aggregations"]["a"]["buckets"].as_array().map(Vec::len), Some(2), "{answer}");
}

#[test]
fn terms_of_different_types_do_not_merge() {
    let library = Library::new();
    for aggregation in [
        r#"{"terms":{"field":"x"}}"#,
        r#"{"composite":{"sources":[{"s":{"terms":{"field":"x"}}}]}}"#,
        r#"{"composite":{"sources":[{"s":{"terms":{"field":"n"}}}]}}"#,
        r#"{"multi_terms":{"terms":[{"field":"x"},{"field":"k"}]}}"#,
    ] {
        let request = format!(r#"POST /lib-*/_search {{"size":0,"aggs":{{"a":{aggregation}}}}}"#);
        library.check_error(&request, 400, "search_phase_execution_exception");
        let answer = library.json(&request);
        assert_eq!(answer["error"]["root_cause"][0]["type"], json!("aggregation_execution_exception"));
    }
    // A sum of keywords fails where they are keywords.
    let answer = library.json(r#"POST /lib-*/_search {"size":0,"aggs":{"a":{"sum":{"field":"x"}}}}"#);
    assert_eq!((&answer["_shards"]["failed"], &answer["aggregations"]["a"]["value"]), (&json!(1), &json!(15.0)));
}

#[test]
fn one_request_has_up_to_1000_indices() {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    for number in 0..1_000 {
        add_index(&storage, &format!("i{number:04}"), &json!({}), r#"{"_id": "1"}"#);
    }
    let library = Library::over(Arc::clone(&storage));
    assert_eq!(library.json("POST /_count {}")["count"], json!(1_000));
    add_index(&storage, "another", &json!({}), r#"{"_id": "1"}"#);
    let library = Library::over(storage);
    library.check_error("POST /_count {}", 400, "illegal_argument_exception");
    assert_eq!(library.json("POST /i*/_count {}")["count"], json!(1_000));
}
