//! Maintaining an index: `quidditch index delete-docs`, `merge`, `gc` and `verify`.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::fixture::{Installation, custom_score, without_sizes};

/// With the index `numbers`: documents `0` to `29`, three in each split.
fn with_numbers() -> Installation {
    let installation = Installation::new();
    installation.succeed(&["index", "create", "numbers"]);
    for split in 0..10 {
        let lines: String =
            (0..3).map(|n| format!("{}\n", json!({"_id": (3 * split + n).to_string(), "n": n}))).collect();
        installation.run_with(&["index", "add", "numbers"], lines);
    }
    installation
}

/// Numbers of documents, deleted documents and splits of the index.
fn figures(installation: &Installation) -> [u64; 3] {
    let shown = installation.json(&["index", "show", "numbers", "--json"]);
    ["documents", "deleted", "splits"].map(|figure| shown[figure].as_u64().expect("a number"))
}

fn objects(installation: &Installation) -> Vec<PathBuf> {
    let entries = fs::read_dir(installation.store().join("numbers/splits")).expect("the folder is there");
    let mut objects: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    objects.sort();
    objects
}

#[test]
fn documents_are_deleted_by_id() {
    let installation = with_numbers();
    insta::assert_snapshot!(installation.run(&["index", "delete-docs", "numbers", "--id", "3", "4", "--id", "17", "x"]), @r"
    0
    deleted 3 documents from numbers
    ");
    assert_eq!(
        installation.succeed(&["index", "delete-docs", "numbers", "--id", "3", "--json"]),
        "{\"index\":\"numbers\",\"deleted\":0}\n"
    );
    assert_eq!(figures(&installation), [27, 3, 10]);
    let found = installation.json(&["search", "numbers", r#"{"query": {"ids": {"values": ["3", "5"]}}}"#, "--json"]);
    assert_eq!((&found["hits"]["total"]["value"], &found["hits"]["hits"][0]["_id"]), (&1.into(), &"5".into()));
}

#[test]
fn documents_are_deleted_by_query() {
    let installation = with_numbers();
    let delete = |query: &str| installation.run(&["index", "delete-docs", "numbers", "--query", query]);
    insta::assert_snapshot!(delete(r#"{"query": {"term": {"n": 2}}}"#), @r"
    0
    deleted 10 documents from numbers
    ");
    // Splits without live documents are removed.
    insta::assert_snapshot!(delete(r#"{"query": {"ids": {"values": ["0", "1", "2"]}}}"#), @r"
    0
    deleted 2 documents from numbers
    ");
    assert_eq!(figures(&installation), [18, 9, 9]);
    let file = installation.write("query.json", r#"{"query": {"term": {"n": 1}}}"#);
    insta::assert_snapshot!(delete(&format!("@{file}")), @r"
    0
    deleted 9 documents from numbers
    ");
    let arguments = ["index", "delete-docs", "numbers", "--query", "-", "--json"];
    let output = installation.run_with(&arguments, r#"{"query": {"match_all": {}}}"#);
    assert_eq!(output, "0\n{\"index\":\"numbers\",\"deleted\":9}\n");
    assert_eq!(figures(&installation), [0, 0, 0]);
    insta::assert_snapshot!(delete(r#"{"query": {"match_all": {}}}"#), @r"
    0
    deleted 0 documents from numbers
    ");
}

#[test]
fn a_query_may_call_functions() {
    let installation = with_numbers();
    let file = installation.write("f.wasm", custom_score());
    installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", "1.0.0"]);
    let function = json!({"name": "f", "parameters": {"field": "n", "boost": 0, "factor": 1}});
    let query = json!({"query": {"function_score": {"functions": [{"wasm_udf": function}], "min_score": 2}}});
    insta::assert_snapshot!(installation.run(&["index", "delete-docs", "numbers", "--query", &query.to_string()]), @r"
    0
    deleted 10 documents from numbers
    ");
}

#[test]
fn ambiguous_deletions_are_errors() {
    let installation = with_numbers();
    let delete = |arguments: &[&str]| installation.run(&[&["index", "delete-docs"], arguments].concat());
    for arguments in [&["numbers"][..], &["numbers", "--id"], &["numbers", "--id", "1", "--query", "{}"]] {
        assert!(delete(arguments).starts_with("2\n"), "{arguments:?}");
    }
    insta::assert_snapshot!(delete(&["numbers", "--query", "{}"]), @r#"
    1
    error: the request has no query; to delete all documents, use {"query": {"match_all": {}}}
    "#);
    insta::assert_snapshot!(delete(&["numbers", "--query", "{\n\"query\": {\"trem\": {}}}"]), @r"
    1
    error: line 2, column 10: unknown query [trem] (at query)
    ");
    insta::assert_snapshot!(delete(&["numbers", "--query", r#"{"query": {"match_all": {}}, "size": 3}"#]), @r"
    1
    error: line 1, column 38: the request does not support [size] (at size)
    ");
    insta::assert_snapshot!(delete(&["numbers", "--query", r#"{"query": {"wasm_udf": {"name": "f"}}}"#]), @r"
    1
    error: cannot find the documents to delete: a user function failed: function f failed to load: unknown function [f], no functions are published
    ");
    insta::assert_snapshot!(delete(&["nope", "--query", r#"{"query": {"match_all": {}}}"#]), @r"
    1
    error: no such index [nope]
    ");
    insta::assert_snapshot!(delete(&["nope", "--id", "1"]), @r"
    1
    error: no such index [nope]
    ");
    assert_eq!(figures(&installation), [30, 0, 10]);
}

#[test]
fn splits_are_merged() {
    let installation = with_numbers();
    installation.succeed(&["index", "delete-docs", "numbers", "--id", "0", "5"]);
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "merge", "numbers", "--all"])), @r"
    0
    merged 10 splits of numbers into 1 split (N KB) without 2 deleted documents
    ");
    assert_eq!(figures(&installation), [28, 0, 1]);
    insta::assert_snapshot!(installation.run(&["index", "merge", "numbers", "--all"]), @r"
    0
    nothing to merge in numbers
    ");
    let json = installation.json(&["index", "merge", "numbers", "--json"]);
    assert_eq!(json, json!({"index": "numbers", "merged": 0, "written": 0, "bytes": 0, "dropped": 0, "given_up": 0}));
    insta::assert_snapshot!(installation.run(&["index", "merge", "nope"]), @r"
    1
    error: no such index [nope]
    ");
}

#[test]
fn merged_splits_keep_the_size_limits() {
    let installation = with_numbers();
    installation.succeed(&["index", "merge", "numbers", "--all", "--documents", "15"]);
    assert_eq!(figures(&installation), [30, 0, 2]);
    let installation = with_numbers();
    installation.succeed(&["index", "merge", "numbers", "--all", "--documents", "14"]);
    assert_eq!(figures(&installation), [30, 0, 3]);
    let installation = with_numbers();
    installation.succeed(&["index", "merge", "numbers", "--all", "--bytes", "1KB"]);
    assert_eq!(figures(&installation), [30, 0, 10]);
    let wrong = installation.run(&["index", "merge", "numbers", "--bytes", "1XB"]);
    assert!(
        wrong.starts_with("2\nerror: invalid value '1XB' for '--bytes <SIZE>': unknown size unit \"XB\""),
        "{wrong}"
    );
}

#[test]
fn garbage_is_removed_after_the_grace_period() {
    let installation = with_numbers();
    installation.succeed(&["index", "merge", "numbers", "--all"]);
    assert_eq!(objects(&installation).len(), 11);
    let shown = installation.succeed(&["index", "show", "numbers"]);
    assert_eq!(shown.lines().nth(1), Some("10 objects no longer needed, to be removed by gc"));
    insta::assert_snapshot!(installation.run(&["index", "gc", "numbers"]), @r"
    0
    removed 0 objects of numbers (0 B); 10 more become removable after the grace period
    ");
    installation.write("store/numbers/splits/notes.txt", "somebody's");
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "gc", "numbers", "--grace", "0s"])), @r"
    0
    removed 10 objects of numbers (N KB)
    kept numbers/splits/notes.txt: not written by an index
    ");
    assert_eq!(objects(&installation).len(), 2);
    assert!(installation.run(&["index", "verify", "numbers"]).starts_with("0\n"));
    let json = installation.json(&["index", "gc", "numbers", "--grace", "1h", "--json"]);
    let unknown = ["numbers/splits/notes.txt"];
    assert_eq!(json, json!({"index": "numbers", "removed": 0, "bytes": 0, "waiting": 0, "unknown": unknown}));
    assert!(installation.run(&["index", "gc", "numbers", "--grace", "1"]).starts_with("2\n"));
}

#[test]
fn objects_of_a_deleted_index_are_garbage() {
    let installation = with_numbers();
    fs::remove_file(installation.store().join("numbers/manifest.json")).expect("it is there");
    assert_eq!(installation.succeed(&["index", "list", "--json"]), "[]\n");
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "gc", "numbers", "--grace", "0s"])), @r"
    0
    removed 10 objects of numbers (N KB)
    ");
    assert!(installation.run(&["index", "gc", "nothing"]).starts_with("0\n"));
}

#[test]
fn damage_is_found() {
    let installation = with_numbers();
    insta::assert_snapshot!(without_sizes(&installation.run(&["index", "verify", "numbers"])), @r"
    0
    numbers: no problems found (30 documents, 11 objects, N KB)
    ");
    let objects = objects(&installation);
    let name = |object: usize| objects[object].file_name().and_then(|name| name.to_str()).expect("UTF-8").to_owned();
    let mut bytes = fs::read(&objects[0]).expect("readable");
    bytes[100] ^= 1;
    fs::write(&objects[0], bytes).expect("can be written");
    fs::remove_file(&objects[4]).expect("it is there");
    let output = without_sizes(&installation.run(&["index", "verify", "numbers"]));
    insta::assert_snapshot!(output.replace(&name(0), "FIRST").replace(&name(4), "FIFTH"), @r"
    1
    numbers: 2 problems found (30 documents, 10 objects, N KB)
    - numbers/splits/FIRST: checksum mismatch in the block at byte 0
    - numbers/splits/FIFTH: missing
    ");
    let output = installation.run(&["index", "verify", "numbers", "--json"]);
    let json: serde_json::Value = serde_json::from_str(output.strip_prefix("1\n").expect("exit code 1")).expect("JSON");
    assert_eq!(json["problems"][1], json!({"object": format!("numbers/splits/{}", name(4)), "problem": "missing"}));
    insta::assert_snapshot!(installation.run(&["index", "verify", "nope"]), @r"
    1
    error: no such index [nope]
    ");
}
