//! Searches that are templates with parameters.

use serde_json::json;

use crate::library::Library;

const RED: &str = r#"{"source":{"query":{"match":{"name":"{{q}}"}},"size":"{{s}}"},"params":{"q":"red","s":1}}"#;

#[test]
fn templates_are_rendered() {
    let library = Library::new();
    let rendered = r#"{"template_output":{"query":{"match":{"name":"red"}},"size":"1"}}"#;
    library.check(&format!("POST /_render/template {RED}"), 200, rendered);
    library.check(&format!("GET /_render/template {RED}"), 200, rendered);
    let source = r#"{"source":"{\"query\":{\"terms\":{\"k\":{{#toJson}}ks{{/toJson}}}},\"size\":{{s}}{{^s}}10{{/s}}}","params":{"ks":["red","a\"b"]}}"#;
    library.check(
        &format!("POST /_render/template {source}"),
        200,
        r#"{"template_output":{"query":{"terms":{"k":["red","a\"b"]}},"size":10}}"#,
    );
}

#[test]
fn mistakes_in_templates_are_errors() {
    let library = Library::new();
    for (body, status, kind) in [
        ("", 400, "parse_exception"),
        ("{}", 400, "action_request_validation_exception"),
        (r#"{"source":""}"#, 400, "action_request_validation_exception"),
        (r#"{"source":"{}","foo":1}"#, 400, "x_content_parse_exception"),
        (r#"{"source":"{}","lang":"mustache"}"#, 400, "x_content_parse_exception"),
        (r#"{"source":"{}","params":[1]}"#, 400, "x_content_parse_exception"),
        (r#"{"source":1}"#, 400, "x_content_parse_exception"),
        (r#"{"source":"{\"a\":{{#x}}"}"#, 400, "script_exception"),
        (r#"{"source":"{{>p}}"}"#, 400, "script_exception"),
        (r#"{"source":"{\"a\":"}"#, 400, "json_e_o_f_exception"),
        (r#"{"id":"nope","params":{}}"#, 404, "resource_not_found_exception"),
    ] {
        for path in ["_render/template", "lib-a/_search/template"] {
            library.check_error(&format!("POST /{path} {body}"), status, kind);
        }
    }
    library.check_error(r#"POST /_render/template/x {"params":{}}"#, 404, "resource_not_found_exception");
    library.check_error(r#"POST /lib-a/_search/template {"source":"{\"quer\":1}"}"#, 400, "parsing_exception");
    library.check_error(
        r#"POST /lib-a/_search/template?profile=false {"source":"{}"}"#,
        400,
        "illegal_argument_exception",
    );
}

#[test]
fn templates_are_searched() {
    let library = Library::new();
    let hit = r#"{"_index":"lib-a","_id":"2","_score":0.5981865}"#;
    library.check(
        &format!("POST /lib-a/_search/template?filter_path=hits.total,hits.hits._index,hits.hits._id,hits.hits._score,status {RED}"),
        200,
        &format!(r#"{{"hits":{{"total":{{"value":2,"relation":"eq"}},"hits":[{hit}]}},"status":200}}"#),
    );
    let two =
        library.json(&format!("POST /lib-a,lib-b/_search/template?rest_total_hits_as_int=true&typed_keys=true {RED}"));
    assert_eq!((&two["hits"]["total"], &two["hits"]["hits"][0]["_id"]), (&json!(3), &json!("4")));
    let profiled = library.json(r#"POST /_search/template {"source":"{\"size\":0}","profile":true,"explain":false}"#);
    assert!(profiled["profile"].is_object(), "{profiled}");
}

#[test]
fn several_templates_are_searched() {
    let answer = Library::new().json(&format!(
        "POST /lib-a/_msearch/template\n{{}}\n{RED}\n{{\"index\":\"nope\"}}\n{RED}\n{{}}\n{{\"id\":\"nope\"}}\n{{}}\n{{\"source\":\"{{\\\"a\\\":\"}}\n"
    ));
    let statuses: Vec<_> = (0..4).map(|number| answer["responses"][number]["status"].clone()).collect();
    assert_eq!(statuses, [json!(200), json!(404), json!(404), json!(400)], "{answer}");
    assert_eq!(answer["responses"][0]["hits"]["total"]["value"], json!(2));
}
