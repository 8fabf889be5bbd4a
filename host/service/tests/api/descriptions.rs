//! Mappings, settings and capabilities of several indices, and validation of queries.

use serde_json::json;

use crate::library::Library;

#[test]
fn mappings_of_fields_are_described() {
    let library = Library::new();
    library.check(
        "GET /lib-a/_mapping/field/n",
        200,
        r#"{"lib-a":{"mappings":{"n":{"full_name":"n","mapping":{"n":{"type":"long"}}}}}}"#,
    );
    library.check(
        "GET /lib-a/_mapping/field/name*,nope",
        200,
        r#"{"lib-a":{"mappings":{"name.raw":{"full_name":"name.raw","mapping":{"raw":{"type":"keyword"}}},"name":{"full_name":"name","mapping":{"name":{"type":"text","fields":{"raw":{"type":"keyword"}}}}}}}}"#,
    );
    library.check(
        "GET /_mapping/field/n",
        200,
        r#"{"lib-a":{"mappings":{"n":{"full_name":"n","mapping":{"n":{"type":"long"}}}}},"lib-b":{"mappings":{"n":{"full_name":"n","mapping":{"n":{"type":"double"}}}}},"lib-c":{"mappings":{}}}"#,
    );
    library.check("GET /lib-a/_mapping/field/nope", 200, r#"{"lib-a":{"mappings":{}}}"#);
    library.check("GET /nope*/_mapping/field/n", 404, "{}");
    library.check_error("GET /lib-a,nope/_mapping/field/n", 404, "index_not_found_exception");
    library.check_error("GET /lib-a/_mapping/field/n?include_defaults=true", 400, "illegal_argument_exception");
}

#[test]
fn settings_are_described() {
    let library = Library::new();
    let without_uuid = "filter_path=-**.uuid";
    library.check(
        &format!("GET /lib-a/_settings?{without_uuid}"),
        200,
        r#"{"lib-a":{"settings":{"index":{"number_of_shards":"1","number_of_replicas":"0","provided_name":"lib-a"}}}}"#,
    );
    library.check(
        "GET /lib-a/_settings/index.number_of_shards",
        200,
        r#"{"lib-a":{"settings":{"index":{"number_of_shards":"1"}}}}"#,
    );
    library.check(
        "GET /lib-a/_settings/index.nu*",
        200,
        r#"{"lib-a":{"settings":{"index":{"number_of_shards":"1","number_of_replicas":"0"}}}}"#,
    );
    library.check(
        "GET /lib-*/_settings/index.number_of_shards?flat_settings=true",
        200,
        r#"{"lib-a":{"settings":{"index.number_of_shards":"1"}},"lib-b":{"settings":{"index.number_of_shards":"1"}},"lib-c":{"settings":{"index.number_of_shards":"1"}}}"#,
    );
    let all = library.json("GET /_settings");
    assert_eq!(all.as_object().map(serde_json::Map::len), Some(3));
    assert_ne!(all["lib-a"]["settings"]["index"]["uuid"], all["lib-b"]["settings"]["index"]["uuid"]);
    let flat = library.json("GET /lib-a?flat_settings=true");
    assert_eq!(flat["lib-a"]["settings"]["index.provided_name"], json!("lib-a"));
    library.check("GET /nope*/_settings", 200, "{}");
    library.check_error("GET /nope/_settings", 404, "index_not_found_exception");
}

#[test]
fn capabilities_of_fields_are_described() {
    let library = Library::new();
    let keyword = r#"{"keyword":{"type":"keyword","searchable":true,"aggregatable":true}}"#;
    let n = |rest: &str| {
        format!(
            r#""n":{{"double":{{"type":"double","searchable":true,"aggregatable":true,"indices":["lib-b"]}},"long":{{"type":"long","searchable":true,"aggregatable":true,"indices":["lib-a"]}}{rest}}}"#
        )
    };
    library.check(
        "POST /lib-a,lib-b,lib-c/_field_caps?fields=n,k,only_a",
        200,
        &format!(r#"{{"indices":["lib-a","lib-b","lib-c"],"fields":{{"k":{keyword},{},"only_a":{keyword}}}}}"#, n("")),
    );
    let unmapped = r#","unmapped":{"type":"unmapped","searchable":false,"aggregatable":false,"indices":["lib-c"]}"#;
    library.check(
        "GET /lib-*/_field_caps?fields=n&include_unmapped=true",
        200,
        &format!(r#"{{"indices":["lib-a","lib-b","lib-c"],"fields":{{{}}}}}"#, n(unmapped)),
    );
    library.check(
        "GET /_field_caps?fields=na*",
        200,
        &format!(r#"{{"indices":["lib-a","lib-b","lib-c"],"fields":{{"name":{{"text":{{"type":"text","searchable":true,"aggregatable":false}}}},"name.raw":{keyword}}}}}"#),
    );
    library.check(
        "GET /lib-a/_field_caps?fields=nope&include_unmapped=true",
        200,
        r#"{"indices":["lib-a"],"fields":{}}"#,
    );
    library.check("GET /nope*/_field_caps?fields=n", 200, r#"{"indices":[],"fields":{}}"#);
    let ids = library.json("GET /lib-a/_field_caps?fields=*");
    assert_eq!(ids["fields"]["_id"], json!({"_id": {"type": "_id", "searchable": true, "aggregatable": true}}));
    library.check_error("GET /lib-a/_field_caps", 400, "illegal_argument_exception");
    library.check_error("GET /nope/_field_caps?fields=n", 404, "index_not_found_exception");
    library.check_error(r#"POST /lib-a/_field_caps?fields=n {"foo":1}"#, 400, "parsing_exception");
    library.check_error(r#"POST /lib-a/_field_caps?fields=n {"index_filter":{"trem":{}}}"#, 400, "parsing_exception");
}

#[test]
fn capabilities_are_those_of_indices_that_may_match() {
    let library = Library::new();
    let indices = |filter: &str| {
        let answer = library.json(&format!(r#"POST /lib-*/_field_caps?fields=n {{"index_filter":{filter}}}"#));
        answer["indices"].to_string()
    };
    assert_eq!(indices(r#"{"term":{"k":"green"}}"#), r#"["lib-a","lib-b"]"#);
    assert_eq!(indices(r#"{"range":{"d":{"gt":"2030-01-01"}}}"#), "[]");
    assert_eq!(indices(r#"{"range":{"d":{"gt":"2020-01-01"}}}"#), r#"["lib-a"]"#);
    assert_eq!(indices(r#"{"match_all":{}}"#), r#"["lib-a","lib-b","lib-c"]"#);
}

#[test]
fn queries_are_validated() {
    let library = Library::new();
    let shards = |count: u32| format!(r#""_shards":{{"total":{count},"successful":{count},"failed":0}}"#);
    let valid = format!(r#"{{{},"valid":true}}"#, shards(1));
    library.check(r#"POST /lib-a/_validate/query {"query":{"match":{"name":"red fox"}}}"#, 200, &valid);
    library.check("GET /lib-a/_validate/query", 200, &valid);
    library.check(
        r#"POST /_validate/query {"query":{"match_all":{}}}"#,
        200,
        &format!(r#"{{{},"valid":true}}"#, shards(3)),
    );
    for body in
        [r#"{"query":{"trem":{"a":1}}}"#, r#"{"size":1}"#, r#"{"query":{"match_all":{}},"foo":1}"#, r#"{"query":{"#]
    {
        library.check(&format!("POST /lib-a/_validate/query {body}"), 200, r#"{"valid":false}"#);
    }
    let explained = library.json(r#"POST /lib-a/_validate/query?explain=true {"query":{"trem":{"a":1}}}"#);
    assert_eq!(explained, json!({"valid": false, "error": "unknown query [trem] (at query)"}));
    library.check(
        r#"POST /lib-a,lib-b/_validate/query {"query":{"term":{"x":"abc"}}}"#,
        200,
        &format!(r#"{{{},"valid":false}}"#, shards(2)),
    );
    let explained = library
        .json(r#"POST /lib-a,lib-b/_validate/query?rewrite=true&all_shards=true {"query":{"term":{"x":"abc"}}}"#);
    assert_eq!(
        explained["explanations"][0],
        json!({"index":"lib-a","shard":0,"valid":true,"explanation":"{\"term\":{\"x\":\"abc\"}}"})
    );
    assert_eq!(explained["explanations"][1]["valid"], json!(false));
    library.check_error("POST /nope/_validate/query {}", 404, "index_not_found_exception");
    library.check_error("POST /nope*/_validate/query {}", 404, "index_not_found_exception");
    library.check_error("POST /lib-a/_validate/query?foo=1", 400, "illegal_argument_exception");
}
