//! `_analyze`: the tokens that an analyzer makes of texts.

use serde_json::json;

use crate::library::Library;

fn tokens(library: &Library, path: &str, body: &str) -> String {
    let answer = library.json(&format!("POST /{path} {body}"));
    let tokens = answer["tokens"].as_array().unwrap_or_else(|| panic!("{body}: {answer}"));
    let shown = tokens.iter().map(|token| {
        let text = token["token"].as_str().unwrap_or_default();
        format!(
            "{text} {}-{} {} {}",
            token["start_offset"],
            token["end_offset"],
            token["type"].as_str().unwrap_or_default(),
            token["position"]
        )
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn texts_are_analyzed() {
    let library = Library::new();
    let of = |path: &str, body: &str| tokens(&library, path, body);
    assert_eq!(
        of("_analyze", r#"{"text":"The QUICK fox's"}"#),
        "the 0-3 <ALPHANUM> 0, quick 4-9 <ALPHANUM> 1, fox's 10-15 <ALPHANUM> 2"
    );
    assert_eq!(
        of("_analyze", r#"{"analyzer":"english","text":"The QUICK foxes"}"#),
        "quick 4-9 <ALPHANUM> 1, fox 10-15 <ALPHANUM> 2"
    );
    assert_eq!(
        of("lib-a/_analyze", r#"{"field":"name","text":"Red Fox"}"#),
        "red 0-3 <ALPHANUM> 0, fox 4-7 <ALPHANUM> 1"
    );
    assert_eq!(of("lib-fa/_analyze", r#"{"field":"k","text":"Red Fox"}"#), "Red Fox 0-7 word 0");
    assert_eq!(
        of("lib-a/_analyze", r#"{"field":"nope","text":"Red Fox"}"#),
        "red 0-3 <ALPHANUM> 0, fox 4-7 <ALPHANUM> 1"
    );
    assert_eq!(
        of("_analyze", r#"{"tokenizer":"standard","filter":["lowercase","stop"],"text":"The Fox"}"#),
        "fox 4-7 <ALPHANUM> 1"
    );
    assert_eq!(of("_analyze", r#"{"filter":["lowercase"],"text":"The Fox"}"#), "the fox 0-7 word 0");
    assert_eq!(of("_analyze", r#"{"text":""}"#), "");
}

#[test]
fn steps_are_explained() {
    let library = Library::new();
    library.check(
        r#"POST /_analyze {"text":"Fox","explain":true,"attributes":["positionLength"]}"#,
        200,
        r#"{"detail":{"custom_analyzer":false,"analyzer":{"name":"standard","tokens":[{"token":"fox","start_offset":0,"end_offset":3,"type":"<ALPHANUM>","position":0,"positionLength":1}]}}}"#,
    );
    let detail = library.json(
        r#"POST /_analyze {"tokenizer":"standard","filter":["lowercase",{"type":"stop","stopwords":["a"]}],"text":"A Fox","explain":true}"#,
    );
    let detail = &detail["detail"];
    assert_eq!(
        (&detail["tokenizer"]["name"], &detail["tokenizer"]["tokens"][0]["bytes"]),
        (&json!("standard"), &json!("[41]"))
    );
    let names: Vec<_> = (0..2).map(|number| detail["tokenfilters"][number]["name"].clone()).collect();
    assert_eq!(names, [json!("lowercase"), json!("__anonymous__stop")]);
    let counts: Vec<_> =
        (0..2).map(|number| detail["tokenfilters"][number]["tokens"].as_array().map(Vec::len)).collect();
    assert_eq!(counts, [Some(2), Some(1)]);
}

#[test]
fn mistakes_in_analyses_are_errors() {
    let library = Library::new();
    for (request, kind) in [
        ("POST /_analyze", "parse_exception"),
        ("POST /_analyze {}", "action_request_validation_exception"),
        (r#"POST /_analyze {"text":[]}"#, "action_request_validation_exception"),
        (r#"POST /_analyze {"text":"x","foo":1}"#, "x_content_parse_exception"),
        (r#"POST /_analyze {"text":"x","explain":"yes"}"#, "x_content_parse_exception"),
        (r#"POST /_analyze {"analyzer":"nope","text":"x"}"#, "illegal_argument_exception"),
        (r#"POST /_analyze {"tokenizer":"nope","text":"x"}"#, "illegal_argument_exception"),
        (r#"POST /_analyze {"tokenizer":"standard","filter":["nope"],"text":"x"}"#, "illegal_argument_exception"),
        (
            r#"POST /_analyze {"analyzer":"standard","tokenizer":"standard","text":"x"}"#,
            "action_request_validation_exception",
        ),
        (r#"POST /_analyze {"field":"name","text":"x"}"#, "illegal_argument_exception"),
        (r#"POST /_analyze {"normalizer":"lowercase","text":"x"}"#, "action_request_validation_exception"),
        (r#"POST /lib-a/_analyze {"field":"n","text":"5"}"#, "illegal_argument_exception"),
        (r#"POST /lib-al/_analyze {"text":"x"}"#, "illegal_argument_exception"),
        (r#"POST /_analyze?foo=1 {"text":"x"}"#, "illegal_argument_exception"),
    ] {
        library.check_error(request, 400, kind);
    }
    library.check_error(r#"POST /nope/_analyze {"text":"x"}"#, 404, "index_not_found_exception");
    library.check_error(r#"POST /lib-*/_analyze {"text":"x"}"#, 404, "index_not_found_exception");
}
