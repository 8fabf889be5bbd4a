//! The `quidditch` command: from an empty store to a search with functions, and what happens when it is killed.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};

use quidditch_tests::{Quidditch, cities_ndjson, components_directory};
use serde_json::{Value as Json, json};

const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cities.mapping.json");
const CITIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cities.ndjson.gz");

/// Runs a command with `--json`; returns its exit code and what it printed.
fn json(quidditch: &Quidditch, arguments: &[&str], input: &[u8]) -> (i32, Json) {
    let output = quidditch.run(arguments.iter().chain(&["--json"]), input);
    let code = output.status.code().expect("it ends by itself");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let json =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {stderr}"));
    (code, json)
}

/// The number of documents in an index.
fn documents(quidditch: &Quidditch, index: &str) -> u64 {
    let (code, shown) = json(quidditch, &["index", "show", index], &[]);
    assert_eq!(code, 0);
    shown["documents"].as_u64().expect("a number")
}

#[test]
fn from_an_empty_store_to_a_search_with_functions() {
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);

    let (code, added) = json(&quidditch, &["index", "add", "cities", CITIES], &[]);
    assert_eq!((code, &added["added"], &added["skipped"]), (0, &json!(25_000), &json!(0)));

    let lines = "{\"_id\":\"a\",\"name\":\"Atlantis\",\"population\":0}\n{\"_id\":\"b\",\"nam\":\"Babel\"}\nno JSON\n";
    let (code, added) = json(&quidditch, &["index", "add", "cities", "-"], lines.as_bytes());
    assert_eq!((code, &added["added"], &added["skipped"]), (3, &json!(1), &json!(2)));
    let places: Vec<&Json> =
        added["bad_documents"].as_array().expect("a list").iter().map(|bad| &bad["place"]).collect();
    assert_eq!(places, ["standard input:2", "standard input:3"]);
    assert_eq!(documents(&quidditch, "cities"), 25_001);

    let failed = quidditch.run(["index", "add", "cities", "-", "--on-error", "fail"], lines.as_bytes());
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(documents(&quidditch, "cities"), 25_001);

    for name in ["number_range", "string_distance", "geo_distance", "custom_score"] {
        let file = components_directory().join(name).with_extension("wasm");
        let file = file.to_str().expect("UTF-8");
        quidditch.succeed(["udf", "check", file]);
        quidditch.succeed(["udf", "publish", file]);
    }
    let (_, listed) = json(&quidditch, &["udf", "list"], &[]);
    assert_eq!(listed.as_array().expect("a list").len(), 4);

    let body = json!({
        "query": { "script_score": {
            "query": { "bool": { "filter": [
                { "wasm_udf": { "name": "geo_distance", "version": "1.0.0", "parameters": {
                    "field": "location", "lat": 52.52, "lon": 13.405, "radius_km": 100 } } },
                { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": 100_000 } } },
            ] } },
            "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": "Postdam" } },
        } },
    });
    let file = quidditch.store().join("body.json");
    fs::write(&file, body.to_string()).expect("can be written");
    let argument = format!("@{}", file.display());
    let (code, from_file) = json(&quidditch, &["search", "cities", &argument], &[]);
    assert_eq!(code, 0);
    assert_eq!(from_file["hits"]["hits"][0]["_source"]["name"], "Potsdam");
    let (_, from_input) = json(&quidditch, &["search", "cities", "-"], body.to_string().as_bytes());
    assert_eq!(from_input["hits"], from_file["hits"]);

    let (code, refused) = json(&quidditch, &["search", "cities", r#"{"query": {"trem": {}}}"#], &[]);
    assert_eq!((code, &refused["error"]["type"]), (1, &json!("parsing_exception")));

    quidditch.succeed(["index", "delete", "cities"]);
    let (_, listed) = json(&quidditch, &["index", "list"], &[]);
    assert_eq!(listed, json!([]));
}

#[test]
fn stored_scripts_are_called_by_their_id() {
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    let line = "{\"_id\":\"a\",\"name\":\"Atlantis\",\"population\":7}\n";
    json(&quidditch, &["index", "add", "cities", "-"], line.as_bytes());

    let file = quidditch.store().join("script.txt");
    fs::write(&file, "doc['population'].value * params.factor\n").expect("can be written");
    let file = file.to_str().expect("UTF-8");
    let (code, stored) = json(&quidditch, &["script", "put", "my-script", file], &[]);
    assert_eq!((code, stored), (0, json!({ "_id": "my-script", "result": "stored" })));
    let script = json!({ "lang": "painless", "source": "doc['population'].value * params.factor" });
    let (_, listed) = json(&quidditch, &["script", "list"], &[]);
    assert_eq!(listed, json!([{ "_id": "my-script", "script": script }]));
    let (_, shown) = json(&quidditch, &["script", "show", "my-script"], &[]);
    assert_eq!(shown["script"], script);
    assert_eq!(quidditch.run(["script", "put", "a/b", file], &[]).status.code(), Some(1));
    assert_eq!(quidditch.run(["script", "put", "a", file, "--lang", "wasm"], &[]).status.code(), Some(2));

    let search = |id: &str| {
        let script = json!({ "id": id, "params": { "factor": 2 } });
        let body = json!({ "query": { "script_score": { "query": { "match_all": {} }, "script": script } } });
        json(&quidditch, &["search", "cities", "-"], body.to_string().as_bytes())
    };
    let (code, found) = search("my-script");
    assert_eq!((code, &found["hits"]["hits"][0]["_score"]), (0, &json!(14.0)));
    let (code, missing) = search("other");
    assert_eq!((code, &missing["error"]["type"]), (1, &json!("search_phase_execution_exception")));

    json(&quidditch, &["script", "delete", "my-script"], &[]);
    assert_eq!(quidditch.run(["script", "show", "my-script"], &[]).status.code(), Some(1));
    assert_eq!(quidditch.run(["script", "delete", "my-script"], &[]).status.code(), Some(1));
}

#[test]
fn a_search_profile_is_a_stored_template() {
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    let lines = "{\"_id\":\"a\",\"name\":\"Atlantis\",\"population\":7}\n{\"_id\":\"b\",\"name\":\"Berlin\",\"population\":9}\n";
    json(&quidditch, &["index", "add", "cities", "-"], lines.as_bytes());
    let component = |name: &str| components_directory().join(name).with_extension("wasm").display().to_string();
    for name in ["number_range", "custom_score"] {
        quidditch.succeed(["udf", "publish", &component(name)]);
    }
    let put = |id: &str, template: &str| {
        let file = quidditch.store().join("template.txt");
        fs::write(&file, template).expect("can be written");
        quidditch.succeed(["script", "put", id, file.to_str().expect("UTF-8"), "--lang", "mustache"]);
    };
    put("large", r#"{"name": "number_range", "parameters": {"field": "population", "min": {{min}}}}"#);
    put(
        "popular",
        r#"{"chain": [
            {"name": "custom_score", "parameters": {"field": "population", "boost": 0, "factor": 1}, "min_score": {{min}}, "as": "p"},
            {"name": "custom_score", "parameters": {"field": "p", "boost": 1, "factor": {{factor}}}}
        ]}"#,
    );
    let search =
        |query: Json| json(&quidditch, &["search", "cities", "-"], json!({ "query": query }).to_string().as_bytes());
    let (code, found) = search(json!({ "wasm_udf": { "name": "profile/large", "parameters": { "min": 8 } } }));
    assert_eq!((code, &found["hits"]["total"]["value"], &found["hits"]["hits"][0]["_id"]), (0, &json!(1), &json!("b")));
    let popular = json!({ "name": "profile/popular", "parameters": { "min": 7, "factor": 2 } });
    let (code, found) = search(json!({ "script_score": { "query": { "match_all": {} }, "wasm_udf": popular } }));
    let scores: Vec<&Json> = found["hits"]["hits"].as_array().into_iter().flatten().map(|hit| &hit["_score"]).collect();
    assert_eq!((code, scores), (0, vec![&json!(27.0), &json!(21.0)]));
    let (code, missing) = search(json!({ "wasm_udf": { "name": "profile/other" } }));
    let root = &missing["error"]["root_cause"][0];
    assert_eq!(
        (code, &root["reason"]),
        (1, &json!("unknown search profile [profile/other]: no stored template has the id [other]")),
        "{missing}"
    );
    quidditch.succeed(["udf", "publish", &component("number_range"), "--name", "team/f"]);
    let reserved = ["udf", "publish", &component("number_range"), "--name", "profile/f"];
    assert_eq!(quidditch.run(reserved, &[]).status.code(), Some(1));
}

#[test]
fn scripts_are_published_as_functions() {
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    let lines =
        "{\"_id\":\"a\",\"name\":\"Atlantis\",\"population\":7}\n{\"_id\":\"b\",\"name\":\"Babel\",\"population\":1}\n";
    json(&quidditch, &["index", "add", "cities", "-"], lines.as_bytes());

    let file = |name: &str, source: &str| {
        let file = quidditch.store().join(name);
        fs::write(&file, source).expect("can be written");
        file.to_str().expect("UTF-8").to_owned()
    };
    let expression = file("score.expr", "doc['population'].value * factor\n");
    let painless = file("even.painless", "emit(doc['population'].value * params.by)");
    let parameters = r#"{"factor": {"kind": "float", "default": 2}}"#;
    let publish = |file: &str, name: &str, role: &str, parameters: &str| {
        let arguments =
            ["udf", "publish", file, "--name", name, "--version", "1.0.0", "--role", role, "--parameters", parameters];
        quidditch.run(arguments, &[]).status.code()
    };
    assert_eq!(publish(&expression, "score", "scorer", parameters), Some(0));
    let by = r#"{"by": "integer"}"#;
    assert_eq!(publish(&painless, "times", "values", by), Some(0));
    // A published version never changes.
    assert_eq!(publish(&painless, "score", "scorer", "{}"), Some(1));
    let wrong = file("wrong.painless", "1 +");
    assert_eq!(publish(&wrong, "wrong", "scorer", "{}"), Some(1));
    assert_eq!(
        quidditch.run(["udf", "publish", &expression, "--name", "x", "--version", "1.0.0"], &[]).status.code(),
        Some(1)
    );

    let (_, shown) = json(&quidditch, &["udf", "show", "score"], &[]);
    assert_eq!(shown["script"], json!({ "lang": "expression", "source": "doc['population'].value * factor" }));
    let search = |body: Json| json(&quidditch, &["search", "cities", "-"], body.to_string().as_bytes()).1;
    let call = |parameters: Json| {
        let score = json!({ "name": "score", "version": "1.0.0", "parameters": parameters });
        search(json!({ "query": { "script_score": { "query": { "match_all": {} }, "wasm_udf": score } } }))
    };
    assert_eq!(call(json!({}))["hits"]["max_score"], 14.0);
    assert_eq!(call(json!({ "factor": 0.5 }))["hits"]["max_score"], 3.5);
    assert_eq!(call(json!({ "factor": "x" }))["status"], 400);
    let times = json!({ "type": "long", "wasm_udf": { "name": "times", "parameters": { "by": 3 } } });
    let found =
        search(json!({ "derived": { "thrice": times }, "query": { "term": { "thrice": 21 } }, "sort": ["thrice"] }));
    assert_eq!(found["hits"]["hits"][0]["sort"], json!([21]), "{found:#}");
    assert_eq!(found["hits"]["total"]["value"], 1);
}

#[test]
fn killing_index_add_leaves_the_index_unchanged() {
    let input = cities_ndjson();
    let first: String = input.lines().take(1_000).map(|line| format!("{line}\n")).collect();
    let quidditch = Quidditch::new();
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    json(&quidditch, &["index", "add", "cities", "-"], first.as_bytes());
    assert_eq!(documents(&quidditch, "cities"), 1_000);

    // Killed while it waits for documents, after reading none, some, many or all.
    for share in [0, input.len() / 4, input.len() / 2, input.len()] {
        let mut child = adding(&quidditch);
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(&input.as_bytes()[..share]).expect("it reads");
        kill(child);
        drop(stdin);
        assert_eq!(documents(&quidditch, "cities"), 1_000, "killed after {share} bytes");
    }

    // Killed while it writes: as soon as the store has a new file of this size, up to the last moment.
    let mut killed_while_writing = 0;
    for bytes in [0, 1, 1 << 10, 1 << 20, 4 << 20] {
        let before = documents(&quidditch, "cities");
        let files = files_below(quidditch.store());
        let mut child = adding(&quidditch);
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("it reads");
        drop(stdin);
        let is_new = |(path, size): &(String, u64)| *size >= bytes && !files.iter().any(|(known, _)| known == path);
        while child.try_wait().expect("it is there").is_none() && !files_below(quidditch.store()).iter().any(is_new) {
            std::thread::yield_now();
        }
        kill(child);
        let after = documents(&quidditch, "cities");
        // All cities replace the existing ones.
        assert!(after == before || after == 25_000, "{after} documents after {before}");
        killed_while_writing += u32::from(after == before);
        let (code, found) = json(&quidditch, &["search", "cities", r#"{"query": {"match": {"name": "paris"}}}"#], &[]);
        assert_eq!(code, 0, "{found:#}");
    }
    assert!(killed_while_writing > 0, "it always finished before it was killed");

    // Leftover files do no harm.
    let before = documents(&quidditch, "cities");
    json(&quidditch, &["index", "add", "cities", "-"], first.as_bytes());
    assert_eq!(documents(&quidditch, "cities"), before, "the documents replace themselves");
}

fn adding(quidditch: &Quidditch) -> Child {
    let mut command = quidditch.command(["index", "add", "cities", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it starts")
}

fn kill(mut child: Child) {
    // It may have ended already.
    child.kill().ok();
    child.wait().expect("it has ended");
}

/// All files with their sizes. Files may appear and disappear meanwhile.
fn files_below(folder: &Path) -> Vec<(String, u64)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => files.extend(files_below(&entry.path())),
            Ok(metadata) => files.push((entry.path().display().to_string(), metadata.len())),
            Err(_) => {}
        }
    }
    files
}
