//! The life of a published version: yanking, deprecating, and what a call finds.

use reqwest::Client;
use serde_json::{Value as Json, json};

use crate::fixture::{Installation, Server, client, custom_score};

/// A custom section of a component: number 0, size, the name with its size, the text; all shorter than 128 bytes.
fn section(name: &str, text: &str) -> Vec<u8> {
    let lengths = [0, (1 + name.len() + text.len()) as u8, name.len() as u8];
    [&lengths[..], name.as_bytes(), text.as_bytes()].concat()
}

/// Versions of `f`, a scorer.
fn with_versions(versions: &[&str]) -> Installation {
    let installation = Installation::with_cities();
    let file = installation.write("f.wasm", custom_score());
    for version in versions {
        installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", version]);
    }
    installation
}

/// A search with a version of `f`: the version that was called and the warnings, or the reason of the error.
async fn called(server: &Server, client: &Client, version: Option<&str>) -> Result<(String, Vec<String>), String> {
    let mut call = json!({ "name": "f", "parameters": { "field": "population" } });
    if let Some(version) = version {
        call["version"] = version.into();
    }
    let query = json!({ "script_score": { "query": { "match_all": {} }, "wasm_udf": call } });
    let request = client.post(format!("{}/cities/_search", server.url));
    let response = request.json(&json!({ "profile": true, "query": query })).send().await.expect("an answer");
    let headers = response.headers().get_all("warning");
    let warnings = headers.iter().map(|value| value.to_str().expect("ASCII").to_owned()).collect();
    let answer: Json = response.json().await.expect("JSON");
    match answer["profile"]["functions"][0]["version"].as_str() {
        Some(version) => Ok((version.to_owned(), warnings)),
        None => Err(answer["error"]["failed_shards"][0]["reason"]["caused_by"]["reason"].to_string()),
    }
}

/// The same without warnings.
async fn version(server: &Server, client: &Client, version: Option<&str>) -> String {
    match called(server, client, version).await {
        Ok((version, warnings)) if warnings.is_empty() => version,
        Ok((version, warnings)) => format!("{version} {warnings:?}"),
        Err(reason) => reason,
    }
}

#[tokio::test]
async fn a_call_finds_versions_by_requirements_and_yanked_ones_exactly() {
    let installation = with_versions(&["1.2.0", "1.3.0", "2.0.0", "3.0.0-rc.1"]);
    let server = installation.serve_with(&["--registry-max-age", "0s"]);
    let client = client();
    assert_eq!(version(&server, &client, None).await, "2.0.0");
    assert_eq!(version(&server, &client, Some("^1.2")).await, "1.3.0");
    assert_eq!(version(&server, &client, Some("1.2.0")).await, "1.2.0");
    assert_eq!(version(&server, &client, Some(">=3.0.0-rc.1")).await, "3.0.0-rc.1");

    assert_eq!(installation.run(&["udf", "yank", "f", "1.3.0"]), "0\nyanked f@1.3.0\n");
    assert_eq!(installation.run(&["udf", "yank", "f", "1.3.0"]), "0\nalready yanked: f@1.3.0\n");
    installation.succeed(&["udf", "yank", "f", "2.0.0"]);
    assert_eq!(version(&server, &client, None).await, "1.2.0");
    assert_eq!(version(&server, &client, Some("^1.2")).await, "1.2.0");
    assert_eq!(version(&server, &client, Some("1.3.0")).await, "1.3.0");
    insta::assert_snapshot!(
        version(&server, &client, Some("^2")).await,
        @r#""no version matches [^2], published: [1.2.0], [1.3.0] (yanked), [2.0.0] (yanked), [3.0.0-rc.1]""#
    );
    insta::assert_snapshot!(
        version(&server, &client, Some("newest")).await,
        @r#""invalid version [newest], must be a version such as 1.0.0, or a requirement such as ^1.2""#
    );
    let unyanked = installation.json(&["udf", "unyank", "f", "2.0.0", "--json"]);
    assert_eq!(unyanked, json!({ "name": "f", "version": "2.0.0", "result": "unyanked" }));
    assert_eq!(installation.run(&["udf", "unyank", "f", "2.0.0"]), "0\nnot yanked: f@2.0.0\n");
    assert_eq!(version(&server, &client, None).await, "2.0.0");
}

#[tokio::test]
async fn callers_of_a_deprecated_version_get_a_warning() {
    let installation = with_versions(&["1.0.0", "1.1.0"]);
    let server = installation.serve_with(&["--registry-max-age", "0s"]);
    let client = client();
    assert_eq!(installation.run(&["udf", "deprecate", "f", "1.1.0", "--note", "use \"g\""]), "0\ndeprecated f@1.1.0\n");
    let warning = "299 OpenSearch-2.19.0-unknown \"function [f@1.1.0] is deprecated: use \\\"g\\\"\"";
    let expected = Ok(("1.1.0".to_owned(), vec![warning.to_owned()]));
    assert_eq!(called(&server, &client, None).await, expected);
    assert_eq!(version(&server, &client, Some("1.0.0")).await, "1.0.0");

    // Twice in one request, in two searches, is one warning.
    let query = json!({ "script_score": { "query": { "match_all": {} },
        "wasm_udf": { "name": "f", "parameters": { "field": "population" } } } });
    let search = json!({ "query": query });
    let body = format!("{{\"index\":\"cities\"}}\n{search}\n{{\"index\":\"cities\"}}\n{search}\n");
    let request = client.post(format!("{}/_msearch", server.url)).header("content-type", "application/x-ndjson");
    let response = request.body(body).send().await.expect("an answer");
    assert_eq!(response.headers().get_all("warning").iter().count(), 1);

    let body = json!({ "query": query }).to_string();
    let searched = installation.run(&["search", "cities", &body]);
    assert!(searched.ends_with("warning: function [f@1.1.0] is deprecated: use \"g\"\n"), "{searched}");

    installation.succeed(&["udf", "undeprecate", "f", "1.1.0"]);
    assert_eq!(version(&server, &client, None).await, "1.1.0");
    let long = "x".repeat(501);
    insta::assert_snapshot!(installation.run(&["udf", "deprecate", "f", "1.1.0", "--note", &long]), @r"
    1
    error: invalid note: it is longer than 500 bytes
    ");
}

#[tokio::test]
async fn a_running_server_sees_a_yank_when_its_list_is_old() {
    let installation = with_versions(&["1.0.0", "1.1.0"]);
    let (patient, prompt) = (
        installation.serve_with(&["--registry-max-age", "1d"]),
        installation.serve_with(&["--registry-max-age", "0s"]),
    );
    let client = client();
    for server in [&patient, &prompt] {
        assert_eq!(version(server, &client, None).await, "1.1.0");
    }
    installation.succeed(&["udf", "yank", "f", "1.1.0"]);
    assert_eq!(version(&patient, &client, None).await, "1.1.0");
    assert_eq!(version(&prompt, &client, None).await, "1.0.0");
}

#[test]
fn only_published_versions_are_yanked() {
    let installation = with_versions(&["1.0.0"]);
    insta::assert_snapshot!(installation.run(&["udf", "yank", "f", "1.1.0"]), @r"
    1
    error: function f@1.1.0 failed to load: unknown version [1.1.0], published: [1.0.0]
    ");
    insta::assert_snapshot!(installation.run(&["udf", "yank", "f", "^1"]), @r"
    1
    error: invalid version [^1], must be a semantic version such as 1.0.0: unexpected character '^' while parsing major version number
    ");
}

#[tokio::test]
async fn a_version_is_shown_with_its_origin_and_its_state() {
    let installation = with_versions(&["1.0.0"]);
    let sections = [
        ("authors", "Ada"),
        ("licenses", "MIT"),
        ("homepage", "https://example.org"),
        ("source", "https://example.org/git"),
        ("revision", "0a1b"),
    ];
    let mut component = custom_score();
    for (name, text) in sections {
        component.extend(section(name, text));
    }
    let file = installation.write("f-1.1.wasm", component);
    installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", "1.1.0", "--by", "release bot"]);
    installation.succeed(&["udf", "yank", "f", "1.1.0"]);
    installation.succeed(&["udf", "deprecate", "f", "1.1.0", "--note", "use g"]);

    let shown = installation.json(&["udf", "show", "f@1.1.0", "--json"]);
    let text = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
    let origin = ["authors", "licence", "homepage", "source", "revision", "published_by", "published_from"].map(text);
    assert_eq!(
        origin,
        ["Ada", "MIT", "https://example.org", "https://example.org/git", "0a1b", "release bot", "f-1.1.wasm"]
    );
    assert_eq!((&shown["yanked"]["by"], &shown["deprecated"]["note"]), (&json!("ada"), &json!("use g")));
    assert!(shown["published_unix_millis"].as_i64() <= shown["yanked"]["unix_millis"].as_i64());

    let lines = installation.succeed(&["udf", "show", "f@1.1.0"]);
    // A point in time, such as 2026-01-31T12:00:00Z.
    let without_times = |line: &str| {
        let is_time = |word: &str| word.len() >= 20 && word.ends_with('Z');
        line.split(' ').map(|word| if is_time(word) { "TIME" } else { word }).collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = lines.lines().take_while(|line| !line.is_empty()).map(without_times).collect();
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.starts_with("size: ")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    f@1.1.0: Combines the score with a field: score x boost + factor x field.
    yanked: TIME by ada; only calls that name 1.1.0 exactly find it
    deprecated: TIME by ada: use g
    roles: scorer
    published: TIME by release bot from f-1.1.wasm
    contract: quidditch:udf@0.2.0
    authors: Ada
    licence: MIT
    homepage: https://example.org
    source: https://example.org/git
    revision: 0a1b
    ");

    let listed = installation.succeed(&["udf", "list"]);
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "VERSION", "STATE", "ROLES", "SIZE", "PUBLISHED", "BY", "LICENCE", "SUMMARY"]);
    assert_eq!(rows[2][..4], ["f", "1.1.0", "yanked,", "deprecated"]);

    let server = installation.serve();
    let get = async |path: &str| -> Json {
        let answer = client().get(format!("{}{path}", server.url)).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    };
    let versions = get("/_udf/f").await;
    assert_eq!(versions["versions"][1]["deprecated"], shown["deprecated"]);
    let mut one = get("/_udf/f/1.1.0").await;
    let (name, description) = (one["name"].take(), &versions["versions"][1]);
    assert_eq!(name, "f");
    let keys = description.as_object().expect("an object").keys();
    for key in keys {
        assert_eq!(one[key], description[key], "{key}");
    }
    let function = &get("/_udf").await["functions"][0];
    let expected = (&json!(["1.1.0"]), &json!(["1.1.0"]), &json!("ada"));
    assert_eq!((&function["yanked"], &function["deprecated"], &function["published_by"]), expected);
    assert_eq!(get("/_udf/f/1.2.0").await["error"]["reason"], "no such function [f@1.2.0]");
}
