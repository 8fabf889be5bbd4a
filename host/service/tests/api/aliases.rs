//! Aliases: in paths, with filters, and listed.

use serde_json::json;

use crate::library::Library;

fn ids(library: &Library, request: &str) -> String {
    let answer = library.json(request);
    let hits = answer["hits"]["hits"].as_array().unwrap_or_else(|| panic!("{request}: {answer}"));
    hits.iter().map(|hit| hit["_id"].as_str().expect("an id")).collect::<Vec<_>>().join(",")
}

#[test]
fn filters_of_aliases_restrict_searches() {
    let library = Library::new();
    let found = |path: &str| ids(&library, &format!("POST /{path}/_search {{}}"));
    assert_eq!(found("lib-fa"), "1,3");
    assert_eq!(found("lib-fa,lib-fb"), "1,2,3");
    assert_eq!(found("lib-f*"), "1,2,3");
    assert_eq!(found("lib-fa,lib-a"), "1,2,3", "the index itself has no filter");
    assert_eq!(found("lib-fa,lib-al"), "1,2,3,4,5", "another alias has no filter");
    assert_eq!(found("lib-fa,lib-b"), "1,3,4,5");
    library.check(
        r#"POST /lib-fa/_search?filter_path=hits {"query":{"match":{"name":"red"}}}"#,
        200,
        r#"{"hits":{"total":{"value":1,"relation":"eq"},"max_score":0.49917626,"hits":[{"_index":"lib-a","_id":"1","_score":0.49917626,"_source":{"name":"red fox","k":"red","n":1,"d":"2024-01-01","x":"p","only_a":"z"}}]}}"#,
    );
    library.check(
        "POST /lib-fa/_count {}",
        200,
        r#"{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}"#,
    );
    let nothing = library.json(r#"POST /lib-fa/_search {"query":{"term":{"k":"blue"}}}"#);
    assert_eq!(nothing["hits"]["total"]["value"], json!(0));
}

#[test]
fn filters_of_aliases_restrict_global_aggregations() {
    Library::new().check(
        r#"POST /lib-fa/_search?filter_path=aggregations {"size":0,"query":{"match_none":{}},"aggs":{"g":{"global":{},"aggs":{"k":{"terms":{"field":"k"}}}}}}"#,
        200,
        r#"{"aggregations":{"g":{"doc_count":2,"k":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"red","doc_count":2}]}}}}"#,
    );
}

#[test]
fn documents_are_read_by_an_alias_of_one_index() {
    let library = Library::new();
    // Filters do not apply to reads by id.
    let found = library.json("GET /lib-fa/_doc/2");
    assert_eq!((&found["_index"], &found["found"]), (&json!("lib-a"), &json!(true)));
    library.check_error("GET /lib-al/_doc/2", 400, "illegal_argument_exception");
    for path in ["lib-*", "lib-a,lib-b", "_all", "nope"] {
        library.check_error(&format!("GET /{path}/_doc/2"), 404, "index_not_found_exception");
    }
}

#[test]
fn aliases_are_listed_by_index() {
    let library = Library::new();
    let of_a = r#""lib-a":{"aliases":{"lib-al":{},"lib-fa":{"filter":{"term":{"k":"red"}}},"lib-fb":{"filter":{"term":{"k":"blue"}}}}}"#;
    let of_b = r#""lib-b":{"aliases":{"lib-al":{"is_write_index":true}}}"#;
    let of_c = r#""lib-c":{"aliases":{"lib-ro":{}}}"#;
    let all = format!("{{{of_a},{of_b},{of_c}}}");
    for path in ["_alias", "_aliases", "_all/_alias", "_alias/*", "_alias/_all"] {
        library.check(&format!("GET /{path}"), 200, &all);
    }
    library.check("GET /lib-a/_alias", 200, &format!("{{{of_a}}}"));
    library.check("GET /lib-al/_alias", 200, &format!("{{{of_a},{of_b}}}"));
    library.check("GET /lib-b,lib-c/_alias/*", 200, &format!("{{{of_b},{of_c}}}"));
    let al = r#"{"lib-a":{"aliases":{"lib-al":{}}},"lib-b":{"aliases":{"lib-al":{"is_write_index":true}}}}"#;
    library.check("GET /_alias/lib-al", 200, al);
    library.check("GET /lib-a/_alias/lib-al", 200, r#"{"lib-a":{"aliases":{"lib-al":{}}}}"#);
    library.check(
        "GET /_alias/*,-lib-f*",
        200,
        &format!(r#"{{"lib-a":{{"aliases":{{"lib-al":{{}}}}}},{of_b},{of_c}}}"#),
    );
    library.check("GET /lib-a/_alias/nope*", 200, "{}");
    library.check("GET /nope*/_alias", 200, "{}");
    library.check("GET /_alias/nope", 404, r#"{"error":"alias [nope] missing","status":404}"#);
    library.check("GET /lib-a/_alias/nope", 404, r#"{"error":"alias [nope] missing","status":404}"#);
    let missing = library.json("GET /_alias/nope,lib-al");
    assert_eq!((&missing["status"], &missing["lib-a"]), (&json!(404), &json!({"aliases":{"lib-al":{}}})));
    library.check_error("GET /nope/_alias", 404, "index_not_found_exception");
    for (path, status) in [("_alias/lib-al", 200), ("_alias/nope", 404), ("lib-b/_alias/lib-fa", 404), ("lib-al", 200)]
    {
        assert_eq!(library.send(&format!("HEAD /{path}")), (status, String::new()), "{path}");
    }
}

#[test]
fn descriptions_have_the_aliases_of_each_index() {
    let library = Library::new();
    library.check(
        "GET /lib-*?filter_path=*.aliases",
        200,
        r#"{"lib-a":{"aliases":{"lib-al":{},"lib-fa":{"filter":{"term":{"k":"red"}}},"lib-fb":{"filter":{"term":{"k":"blue"}}}}},"lib-b":{"aliases":{"lib-al":{"is_write_index":true}}},"lib-c":{"aliases":{"lib-ro":{}}}}"#,
    );
    library.check(
        "GET /lib-al/_mapping?filter_path=*.mappings.properties.n",
        200,
        r#"{"lib-a":{"mappings":{"properties":{"n":{"type":"long"}}}},"lib-b":{"mappings":{"properties":{"n":{"type":"double"}}}}}"#,
    );
    library.check("GET /nope*", 200, "{}");
    library.check_error("GET /lib-a,nope", 404, "index_not_found_exception");
}
