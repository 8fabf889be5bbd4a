//! `quidditch udf`.

use crate::fixture::{DOCUMENTS, Installation, MAPPING, custom_score};

fn with_function() -> Installation {
    let installation = Installation::with_cities();
    let file = installation.write("custom_score.wasm", custom_score());
    installation.succeed(&["udf", "publish", &file, "--name", "custom_score", "--version", "1.0.0"]);
    installation
}

#[test]
fn publishing_twice_changes_nothing() {
    let installation = Installation::new();
    let file = installation.write("f.wasm", custom_score());
    let publish = |version: &str| installation.run(&["udf", "publish", &file, "--name", "f", "--version", version]);
    assert!(publish("1.0.0").starts_with("0\npublished f@1.0.0 ("));
    assert!(publish("1.0.0").starts_with("0\nalready published: f@1.0.0 ("));
    let versions = installation.json(&["udf", "list", "--json"]);
    assert_eq!(versions.as_array().map(Vec::len), Some(1));
}

#[test]
fn invalid_publications_are_errors() {
    let installation = Installation::new();
    let file = installation.write("f.wasm", custom_score());
    insta::assert_snapshot!(installation.run(&["udf", "publish", &file]), @r"
    1
    error: FOLDER/f.wasm has no name in its metadata; specify --name
    ");
    insta::assert_snapshot!(installation.run(&["udf", "publish", &file, "--name", "f"]), @r"
    1
    error: FOLDER/f.wasm has no version in its metadata; specify --version
    ");
    insta::assert_snapshot!(installation.run(&["udf", "publish", &file, "--name", "F", "--version", "1.0.0"]), @r"
    1
    error: invalid function name [F], must be NAME or NAMESPACE/NAME, each a lower-case letter followed by up to 63 lower-case letters, digits or _
    ");
    insta::assert_snapshot!(installation.run(&["udf", "publish", &file, "--name", "f", "--version", "1"]), @r"
    1
    error: invalid version [1], must be a semantic version such as 1.0.0: unexpected end of input while parsing major version number
    ");
    let text = installation.write("text.wasm", "no component");
    insta::assert_snapshot!(installation.run(&["udf", "publish", &text, "--name", "f", "--version", "1.0.0"]), @r"
    1
    error: function f@1.0.0 failed to load: it is not WebAssembly (a WebAssembly file begins with the bytes 00 61 73 6d)
    ");
}

#[test]
fn name_and_version_default_to_the_metadata() {
    let installation = Installation::new();
    let mut component = custom_score();
    // A custom section: number 0, size, the name with its size, the text.
    component.extend(b"\0\x0d\x07version2.3.4");
    let file = installation.write("f.wasm", component);
    let published = installation.json(&["udf", "publish", &file, "--name", "f", "--json"]);
    assert_eq!((&published["version"], &published["new"]), (&"2.3.4".into(), &true.into()));
}

#[test]
fn show_describes_a_function() {
    let installation = with_function();
    let shown = installation.run(&["udf", "show", "custom_score"]);
    let varies = |line: &&str| line.starts_with("size: ") || line.starts_with("published: ");
    let shown: Vec<&str> = shown.lines().filter(|line| !varies(line)).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    0
    custom_score@1.0.0: Combines the score with a field: score x boost + factor x field.
    roles: scorer
    contract: quidditch:udf@0.2.0

    PARAMETER  KIND   REQUIRED  DEFAULT  SUMMARY
    field      field  yes                The number field to read; if it has several values, the smallest is used.
    boost      float  no            1.0  The factor of the score so far.
    factor     float  no            0.0  The factor of the field.
    missing    float  no            0.0  The value for documents without the field.
    ");
    insta::assert_snapshot!(installation.run(&["udf", "show", "custom_scorer@1.0.0"]), @r"
    1
    error: function custom_scorer@1.0.0 failed to load: unknown function [custom_scorer], did you mean [custom_score]?
    ");
}

#[test]
fn check_reports_every_problem() {
    let installation = Installation::new();
    let good = installation.write("good.wasm", custom_score());
    let report = installation.run(&["udf", "check", &good]);
    assert!(report.starts_with("0\nFOLDER/good.wasm: no problems found ("), "{report}");

    let component = r#"(component (import "wasi:clocks/wall-clock@0.2.0" (instance)) (import "x:y/z" (instance)))"#;
    let bad = installation.write("bad.wasm", wat::parse_str(component).expect("valid"));
    insta::assert_snapshot!(installation.run(&["udf", "check", &bad]), @r"
    1
    FOLDER/bad.wasm: 4 problems found
    - it imports `wasi:clocks/wall-clock@0.2.0`, which is not available to functions
      Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi
    - it imports `x:y/z`, which is not available to functions
      a function may import only `quidditch:udf/log@0.2.0` and `quidditch:udf/types@0.2.0`
    - it does not export `quidditch:udf/metadata@0.2.0`
      build it against one of the worlds of the package quidditch:udf
    - it exports none of `quidditch:udf/filter@0.2.0`, `quidditch:udf/scorer@0.2.0` and `quidditch:udf/values@0.2.0`
      build it against one of the worlds of the package quidditch:udf
    ");
    assert_eq!(installation.run(&["udf", "check", &bad, "--json"]).lines().next(), Some("1"));
}

#[test]
fn run_calls_a_function_with_documents() {
    let installation = with_function();
    let file = installation.write("custom_score.wasm", custom_score());
    let documents = installation.write("documents.ndjson", DOCUMENTS);
    let parameters = r#"{"field": "population", "boost": 2, "factor": 0.001}"#;
    for function in [&file, "custom_score", "custom_score@1.0.0"] {
        let arguments =
            ["udf", "run", function, "--scorer", "--parameters", parameters, "--documents", &documents, "--json"];
        let tried = installation.json(&arguments);
        assert_eq!(tried["results"][1], serde_json::json!({ "line": 2, "id": "2", "score": 136.0 }));
        assert_eq!((&tried["calls"], &tried["documents"]), (&1.into(), &3.into()));
    }
}

#[test]
fn run_shows_what_a_function_receives() {
    let installation = with_function();
    let parameters = r#"{"field": "population", "boost": 2, "factor": 0.001}"#;
    let arguments = ["udf", "run", "custom_score", "--scorer", "--parameters", parameters, "--trace"];
    let traced = installation.run_with(&arguments, "{\"population\": [3000, 1000]}\n{}\n");
    let (table, _) = traced.split_once("\n\n").expect("the cost is below the table");
    insta::assert_snapshot!(table, @r"
    0
    LINE  ID  RESULT  POPULATION       _SCORE
       1           3  [1000.0,3000.0]     1.0
       2           2  []                  1.0
    ");
    let traced = installation.run_with(&[&arguments[..], &["--json"]].concat(), "{\"population\": 3000}\n");
    assert!(traced.contains(r#""inputs":{"population":[3000.0],"_score":1.0}"#), "{traced}");
}

#[test]
fn profile_shows_where_time_is_spent() {
    let installation = with_function();
    let component = installation.write("custom_score.wasm", custom_score());
    let parameters = r#"{"field": "population", "boost": 2, "factor": 0.001}"#;
    let documents = installation.write("documents.ndjson", "{\"population\": 3000}\n".repeat(20_000));
    let output = installation.path("profile.json");
    let arguments = [
        "udf",
        "profile",
        &component,
        "--scorer",
        "--parameters",
        parameters,
        "--documents",
        &documents,
        "--seconds",
        "1",
    ];
    let profile = installation.json(&[&arguments[..], &["--output", &output, "--json"]].concat());
    let (samples, runs) = (profile["samples"].as_u64(), profile["runs"].as_u64());
    assert_eq!(profile["documents"].as_u64(), runs.map(|runs| runs * 20_000));
    let own = profile["functions"].as_array().expect("functions").iter().map(|function| &function["self_samples"]);
    assert_eq!(own.map(|samples| samples.as_u64().expect("a number")).sum::<u64>(), samples.expect("a number"));
    let firefox = std::fs::read(output).expect("was written");
    let firefox: serde_json::Value = serde_json::from_slice(&firefox).expect("is JSON");
    assert_eq!(firefox["meta"]["product"], "custom_score");
    let text = installation.run(&arguments);
    assert!(text.starts_with("0\nSELF %  TOTAL %  FUNCTION\n"), "{text}");

    let mapping = installation.write("mapping.json", MAPPING);
    let arguments = ["udf", "profile", &component, "--scorer", "--parameters", parameters, "--mapping", &mapping];
    let none = installation.run(&arguments);
    insta::assert_snapshot!(none, @r"
    1
    error: the function was not called with any document: none is valid, or none has a value in the ranges that the function announces
    ");
    assert!(installation.run(&["udf", "profile", &component, "--scorer", "--seconds", "61"]).starts_with("2\n"));
}

#[test]
fn failing_runs_are_explained() {
    let installation = with_function();
    let run =
        |arguments: &[&str]| installation.run_with(&[&["udf", "run", "custom_score"], arguments].concat(), DOCUMENTS);
    insta::assert_snapshot!(run(&["--scorer"]), @r"
    1
    error: function custom_score@1.0.0 failed to bind: parameter [field] is required
    ");
    insta::assert_snapshot!(run(&["--filter", "--parameters", r#"{"field": "population"}"#]), @r"
    1
    error: function custom_score@1.0.0 failed to bind: the function is not a filter
    ");
    assert!(run(&[]).starts_with("2\n"), "a role is required");
    assert!(run(&["--filter", "--scorer"]).starts_with("2\n"), "only one role is allowed");
    assert!(run(&["--scorer", "--parameters", "[1]"]).starts_with("2\n"), "parameters must be an object");
    let skipped = installation.run_with(
        &["udf", "run", "custom_score", "--scorer", "--parameters", r#"{"field": "n", "boost": 0, "factor": 1}"#],
        "{\"n\": 1}\nnot JSON\n",
    );
    assert!(skipped.starts_with("3\n") && skipped.contains("skipped line 2: "), "{skipped}");
}

#[test]
fn searches_call_published_functions() {
    let installation = with_function();
    let body = r#"{"query": {"script_score": {"query": {"match_all": {}}, "script": {"lang": "wasm", "id": "custom_score",
        "params": {"field": "population", "boost": 0, "factor": 1}}}}}"#;
    let answer = installation.json(&["search", "cities", body, "--json"]);
    assert_eq!(answer["hits"]["hits"][0]["_score"], 3_700_000.0);
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_the_compiler_is_limited() {
    let installation = Installation::new();
    let compile = |mebibytes: &str| {
        let arguments = ["compile-component", "--seconds", "60", "--mebibytes", mebibytes];
        installation.run_with(&arguments, custom_score())
    };
    assert!(compile("2048").starts_with("0\n"));
    assert!(!compile("1").starts_with("0\n"));
}
