//! `quidditch udf new`, `build`, `test` and `dev`, in the language that needs no tools. `cargo xtask test languages` does the same in all.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::fixture::Installation;

const DOCUMENTS: &str = "{\"price\": 2}\n{\"price\": [1, 3]}\n{}\n";

/// A project with a filter in the text format, in the folder `at_least`.
fn with_project() -> (Installation, String) {
    let installation = Installation::new();
    let folder = installation.path("at_least");
    installation.succeed(&["udf", "new", "at_least", "--lang", "wat", "--folder", &folder]);
    (installation, folder)
}

#[test]
fn a_new_project_is_built_tested_published_and_called() {
    let (installation, folder) = with_project();
    let built = installation.json(&["udf", "build", &folder, "--json"]);
    assert_eq!(built["findings"], serde_json::json!([]));
    let tests = built["tests"].as_array().expect("a list");
    assert!(tests.len() > 1 && tests.iter().all(|test| test["differences"] == serde_json::json!([])), "{built}");

    let component = format!("{folder}/build/at_least.wasm");
    let run = ["udf", "run", &component, "--filter", "--parameters", "{\"field\": \"price\", \"min\": 2.5}", "--json"];
    let output = installation.run_with(&run, DOCUMENTS);
    let output: serde_json::Value = serde_json::from_str(output.strip_prefix("0\n").expect("success")).expect("JSON");
    let kept = output["results"].as_array().expect("a list").iter().map(|result| result["kept"].as_bool());
    assert_eq!(kept.collect::<Vec<_>>(), [Some(false), Some(true), Some(false)]);

    installation.succeed(&["udf", "publish", &component]);
    let tested = installation.run(&["udf", "test", &folder, "--function", "at_least"]);
    assert!(tested.starts_with("0\n") && tested.ends_with(" passed\n"), "{tested}");
}

#[test]
fn a_new_project_says_what_is_next() {
    let installation = Installation::new();
    let folder = installation.path("at_least");
    insta::assert_snapshot!(installation.run(&["udf", "new", "at_least", "--lang", "wat", "--folder", &folder]), @r"
    0
    created FOLDER/at_least

    build and test it:    quidditch udf build FOLDER/at_least
    again on each change: quidditch udf dev FOLDER/at_least
    publish it:           quidditch udf publish FOLDER/at_least/build/at_least.wasm

    FOLDER/at_least/README.md says where to change what.
    ");
    insta::assert_snapshot!(installation.run(&["udf", "new", "at_least", "--lang", "wat", "--folder", &folder]), @r"
    1
    error: FOLDER/at_least: the folder is not empty; name another with --folder
    ");
    insta::assert_snapshot!(installation.run(&["udf", "new", "At-Least", "--lang", "wat"]), @r"
    1
    error: invalid function name [At-Least], must be a lower-case letter followed by up to 63 lower-case letters, digits or _
    ");
    insta::assert_snapshot!(installation.run(&["udf", "new", "f", "--lang", "cobol"]), @r"
    2
    error: invalid value 'cobol' for '--lang <LANGUAGE>'
      [possible values: rust, c, go, javascript, typescript, assemblyscript, python, wat]

      tip: a similar value exists: 'c'

    For more information, try '--help'.
    ");
}

#[test]
fn a_failing_test_says_what_differs() {
    let (installation, folder) = with_project();
    let test = r#"{"role": "filter", "parameters": {"field": "price", "min": 2}, "documents": [{"price": 1}, {"price": 3}],
                   "expected": [true, true]}"#;
    fs::write(Path::new(&folder).join("tests/wrong.json"), test).expect("written");
    let wrong =
        r#"{"role": "filter", "parameters": {"field": "price", "min": 2}, "documents": [], "error": "no such field"}"#;
    fs::write(Path::new(&folder).join("tests/wrong_error.json"), wrong).expect("written");
    let output = installation.run(&["udf", "build", &folder]);
    let differences: Vec<&str> = output.lines().filter(|line| !line.starts_with("built ")).collect();
    insta::assert_snapshot!(differences.join("\n"), @r#"
    1
    - FOLDER/at_least/tests/wrong.json failed:
      {"price":1}: expected true, got false
    - FOLDER/at_least/tests/wrong_error.json failed:
      expected an error with "no such field", got: function at_least failed to bind: parameter [field] names the unknown field [price]
    2 tests failed, 2 passed
    "#);
}

#[test]
fn the_cost_for_each_document_is_measured_with_the_documents_of_each_test() {
    // The template has a test that expects results, and one that expects an error.
    let (installation, folder) = with_project();
    installation.succeed(&["udf", "build", &folder]);
    let lines = installation.succeed(&["udf", "test", &folder, "--cost"]);
    let lines: Vec<&str> = lines.lines().collect();
    let [tests, header, measured] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((*tests, *header), ("2 tests passed", "NS PER DOCUMENT  TEST"));
    assert!(measured.ends_with("at_least/tests/values.json"), "{measured}");

    let measured = installation.json(&["udf", "test", &folder, "--cost", "--json"]);
    let nanos: Vec<_> =
        [0, 1].map(|test| measured[test]["nanos_per_document"].as_f64()).into_iter().flatten().collect();
    assert!(matches!(nanos.as_slice(), [nanos] if *nanos > 0.0), "{measured}");
    let not_measured = installation.json(&["udf", "test", &folder, "--json"]);
    assert!([0, 1].iter().all(|test| not_measured[test].get("nanos_per_document").is_none()), "{not_measured}");
}

#[test]
fn tests_of_a_component_that_is_older_than_its_sources_say_so() {
    let (installation, folder) = with_project();
    insta::assert_snapshot!(installation.run(&["udf", "test", &folder]), @r"
    1
    error: build the project with `quidditch udf build`, or name a function with --function: cannot read FOLDER/at_least/build/at_least.wasm: No such file or directory (os error 2)
    ");
    installation.succeed(&["udf", "build", &folder]);
    insta::assert_snapshot!(installation.run(&["udf", "test", &folder]), @r"
    0
    2 tests passed
    ");
    let component = format!("{folder}/build/at_least.wasm");
    let file = fs::File::options().append(true).open(&component).expect("it is there");
    file.set_modified(SystemTime::UNIX_EPOCH).expect("set");
    insta::assert_snapshot!(installation.run(&["udf", "test", &folder]), @r"
    0
    2 tests passed
    note: the sources are newer than FOLDER/at_least/build/at_least.wasm: run `quidditch udf build` first
    ");
    insta::assert_snapshot!(installation.run(&["udf", "test", &folder, "--function", &component]), @r"
    0
    2 tests passed
    ");
}

#[test]
fn an_invalid_test_fails_and_the_others_run() {
    let (installation, folder) = with_project();
    let write = |name: &str, text: &str| fs::write(Path::new(&folder).join("tests").join(name), text).expect("written");
    write("a.json", r#"{"role": "filter", "documents": [{}], "expected": [true, false]}"#);
    write("b.json", r#"{"role": "filter", "documents": [{}]}"#);
    write("c.json", r#"{"role": "filter", "documents": [{}], "expect": [true]}"#);
    write("d.json", r#"{"role": "filter", "documents": [], "mapping": {"properties": 7}, "expected": []}"#);
    write("e.json", r#"{"role": "filter", "documents": [{"price": 1, "price": 2}], "expected": [true]}"#);
    write("f.json", r#"{"role": "filter", "expected": []}"#);
    write("g.json", "{\"role\": \"filter\",\n");
    let output = installation.run(&["udf", "build", &folder]);
    let tests: Vec<&str> = output.lines().filter(|line| !line.starts_with("built ")).collect();
    insta::assert_snapshot!(tests.join("\n"), @r#"
    1
    - FOLDER/at_least/tests/a.json failed:
      invalid test: [expected] has 2 entries and [documents] has 1: there must be one for each document
    - FOLDER/at_least/tests/b.json failed:
      invalid test: a test needs either [expected] or [error]
    - FOLDER/at_least/tests/c.json failed:
      invalid test: unknown field `expect`, expected one of `role`, `parameters`, `documents`, `mapping`, `type`, `expected`, `error` at line 1 column 46
    - FOLDER/at_least/tests/d.json failed:
      invalid test: the mapping or a document is invalid: invalid mapping at [properties]: 7 is not an object
    - FOLDER/at_least/tests/e.json failed:
      invalid test: duplicate key [price] at line 1 column 53
    - FOLDER/at_least/tests/f.json failed:
      invalid test: missing field `documents` at line 1 column 34
    - FOLDER/at_least/tests/g.json failed:
      invalid test: EOF while parsing a value at line 2 column 0
    7 tests failed, 2 passed
    "#);
    let json = installation.run(&["udf", "test", &folder, "--json"]);
    let json = json.strip_prefix("1\n").expect("tests failed");
    let tests: serde_json::Value = serde_json::from_str(json).expect("it prints JSON");
    assert_eq!(tests[1]["differences"][0], "invalid test: a test needs either [expected] or [error]");
    assert_eq!(tests.as_array().map(Vec::len), Some(9));
}

#[test]
fn invalid_projects_are_errors() {
    let (installation, folder) = with_project();
    insta::assert_snapshot!(installation.run(&["udf", "build", &installation.path("")]), @r"
    1
    error: FOLDER/: not a project of a function: it has neither function.toml nor Cargo.toml; `quidditch udf new` makes one
    ");
    let write = |name: &str, text: &str| fs::write(Path::new(&folder).join(name), text).expect("written");
    let build = || installation.run(&["udf", "build", &folder]);

    let toml = fs::read_to_string(Path::new(&folder).join("function.toml")).expect("it is there");
    write("function.toml", &toml.replace("[\"filter\"]", "[\"scorer\"]"));
    insta::assert_snapshot!(build(), @r"
    1
    error: cannot make a component with the roles scorer of FOLDER/at_least/at_least.wat: failed to decode world from module: module was not valid: failed to resolve import `[export]quidditch:udf/filter@0.2.0::[resource-new]bound-filter`: module requires an import interface named `quidditch:udf/filter@0.2.0`
    ");
    write("function.toml", &toml.replace("[\"filter\"]", "[]"));
    insta::assert_snapshot!(build(), @r"
    1
    error: FOLDER/at_least/function.toml: [roles] must name one of filter, scorer, values, or several of them
    ");
    write("function.toml", &toml.replace("at_least.wat", "other.wat"));
    insta::assert_snapshot!(build(), @r"
    1
    error: FOLDER/at_least/function.toml: [source] names the file FOLDER/at_least/other.wat, which does not exist
    ");
    write("function.toml", &toml.replace("source", "sources"));
    insta::assert_snapshot!(build(), @r#"
    1
    error: FOLDER/at_least/function.toml: TOML parse error at line 11, column 1
       |
    11 | sources = "at_least.wat"
       | ^^^^^^^
    unknown field `sources`, expected one of `language`, `roles`, `source`, `sdk`
    "#);
    write("function.toml", &toml);
    write("at_least.wat", "(module");
    insta::assert_snapshot!(build(), @r"
    1
    error: FOLDER/at_least/at_least.wat: expected `)`
         --> FOLDER/at_least/at_least.wat:1:8
          |
        1 | (module
          |        ^
    ");
}

#[test]
fn a_project_is_built_again_when_it_changes() {
    let (installation, folder) = with_project();
    let documents = installation.write("some.ndjson", format!("{DOCUMENTS}{{\"price\": \"cheap\"}}\n"));
    let parameters = "{\"field\": \"price\", \"min\": 2.5}";
    let mut dev = installation.spawn(&["udf", "dev", &folder, "--documents", &documents, "--parameters", parameters]);
    let mut lines = BufReader::new(dev.stdout.take().expect("it is piped")).lines();
    let mut until_it_waits = || {
        let lines = lines.by_ref().map(|line| line.expect("it prints text"));
        lines.take_while(|line| !line.starts_with("waiting")).collect::<Vec<_>>().join("\n")
    };
    let first = until_it_waits();
    assert!(first.contains(" passed\n") && first.contains("kept"), "{first}");
    assert!(first.contains("\nskipped line 4: "), "{first}");
    let source = Path::new(&folder).join("at_least.wat");
    let valid = fs::read_to_string(&source).expect("it is there");
    fs::write(&source, "(module").expect("written");
    let broken = until_it_waits();
    assert!(broken.contains("at_least.wat") && broken.contains("expected"), "{broken}");
    fs::write(&source, valid).expect("written");
    let fixed = until_it_waits();
    assert!(fixed.contains("kept"), "{fixed}");
    // Reading the sources is no change of them, and neither is what a build writes: nothing more is printed.
    std::thread::sleep(Duration::from_secs(1));
    dev.kill().expect("it runs");
    let rest: Vec<String> = lines.map(|line| line.expect("it prints text")).collect();
    assert!(rest.is_empty(), "{rest:?}");
    assert!(Path::new(&folder).join("build/debug/at_least.wasm").exists());
    assert!(!Path::new(&folder).join("build/at_least.wasm").exists(), "the component to be published is not replaced");
    dev.wait().expect("it ends");
}

#[test]
fn what_cannot_be_done_again_and_again_is_refused() {
    let (installation, folder) = with_project();
    insta::assert_snapshot!(installation.run(&["udf", "dev", &folder, "--json"]), @r"
    1
    error: `udf dev` prints text only: use `udf build --json`, and `udf run --json` for the documents
    ");
    insta::assert_snapshot!(installation.run(&["udf", "dev", &folder, "--documents", "-"]), @r"
    2
    error: invalid value '-' for '--documents <FILE>': it is read again after each change, so name a file

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(installation.run(&["udf", "dev", &folder, "--documents", "a", "--mapping", "-"]), @r"
    2
    error: invalid value '-' for '--mapping <FILE>': it is read again after each change, so name a file

    For more information, try '--help'.
    ");
}
