//! `/metrics`, and the dashboard and the alerts that read it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use reqwest::{Response, StatusCode};
use serde_json::{Value as Json, json};

use crate::fixture::{Installation, Server, client, custom_score};

/// A server that has answered searches, with and without a function, and a write.
async fn used_server(installation: &Installation) -> Server {
    let file = installation.write("f.wasm", custom_score());
    installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", "1.0.0"]);
    let server = installation.serve();
    assert_eq!(send(&server, "cities/_search", &scored(1)).await.status(), StatusCode::OK);
    // No score is negative.
    assert_eq!(send(&server, "cities/_search", &scored(-1)).await.status(), StatusCode::BAD_REQUEST);
    let searches = format!("{{}}\n{}\n{{}}\n{}\n", json!({ "size": 0 }), json!({ "size": 1 }));
    let request = client().post(format!("{}/cities/_msearch", server.url)).body(searches);
    let request = request.header("content-type", "application/x-ndjson");
    assert_eq!(request.send().await.expect("the server answers").status(), StatusCode::OK);
    let written = send(&server, "cities/_doc/4", &json!({ "name": "Bonn", "population": 330_000 })).await;
    assert_eq!(written.status(), StatusCode::CREATED);
    server
}

/// Scores by the population times a factor.
fn scored(factor: i32) -> Json {
    let function = json!({ "name": "f", "parameters": { "field": "population", "boost": 0, "factor": factor } });
    json!({ "query": { "script_score": { "query": { "match_all": {} }, "wasm_udf": function } } })
}

async fn send(server: &Server, path: &str, body: &Json) -> Response {
    client().post(format!("{}/{path}", server.url)).json(body).send().await.expect("the server answers")
}

async fn metrics(server: &Server) -> String {
    let response = client().get(format!("{}/metrics", server.url)).send().await.expect("the server answers");
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    response.text().await.expect("it is text")
}

/// The value of a metric with these labels.
fn value(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in {metrics}")).parse().expect("a number")
}

#[tokio::test]
async fn has_what_the_server_has_done() {
    let installation = Installation::with_cities();
    let server = used_server(&installation).await;
    let metrics = metrics(&server).await;
    let value = |name: &str| value(&metrics, name);
    assert_eq!(value(r#"quidditch_requests_total{kind="search",status="200"}"#), 2.0);
    assert_eq!(value(r#"quidditch_requests_total{kind="search",status="400"}"#), 1.0);
    assert_eq!(value(r#"quidditch_requests_total{kind="write",status="201"}"#), 1.0);
    assert_eq!(value(r#"quidditch_request_duration_seconds_count{kind="search"}"#), 3.0);
    assert_eq!(value(r#"quidditch_request_duration_seconds_bucket{kind="search",le="+Inf"}"#), 3.0);
    assert_eq!(value("quidditch_requests_in_progress"), 0.0);
    assert_eq!(value("quidditch_searches_total"), 3.0, "one, and the two of the msearch");
    assert_eq!(value(r#"quidditch_search_step_seconds_count{step="execute"}"#), 3.0);
    assert_eq!(value(r#"quidditch_search_splits_total{result="searched"}"#), 3.0);
    assert!(value("quidditch_search_reads_total") > 0.0 && value("quidditch_search_read_bytes_total") > 0.0);
    assert_eq!(value(r#"quidditch_commits_total{result="succeeded"}"#), 1.0);
    assert_eq!(value(r#"quidditch_commits_total{result="failed"}"#), 0.0);
    assert_eq!(value("quidditch_operations_total"), 1.0);
    let of_f = r#"function="f",version="1.0.0""#;
    let scorer = |name: &str| value(&format!(r#"quidditch_function_{name}{{{of_f},role="scorer"}}"#));
    assert_eq!((scorer("clauses_total"), scorer("documents_total")), (2.0, 6.0));
    assert_eq!(scorer("call_duration_seconds_count"), 2.0);
    assert_eq!((scorer("instances_made_total"), scorer("instances_reused_total")), (2.0, 0.0));
    assert_eq!(
        value(&format!(r#"quidditch_function_errors_total{{{of_f},role="scorer",kind="invalid_result"}}"#)),
        1.0
    );
    let of_version = |name: &str| value(&format!("quidditch_function_{name}{{{of_f}}}"));
    assert_eq!((of_version("instances"), of_version("disabled"), of_version("circuit_opened_total")), (0.0, 0.0, 0.0));
    assert_eq!(value(&format!(r#"quidditch_function_circuit_state{{{of_f},state="closed"}}"#)), 1.0);
    assert_eq!(value(&format!(r#"quidditch_function_circuit_state{{{of_f},state="open"}}"#)), 0.0);
}

#[tokio::test]
async fn requires_the_role_read() {
    let installation = Installation::with_cities();
    let credential = installation.json(&["--json", "credential", "token", "prometheus", "--roles", "read"]);
    let part = |key: &str| credential[key].as_str().expect("a text").to_owned();
    let tokens = installation.write("tokens", part("line"));
    let server = installation.serve_with(&["--token-file", &tokens]);
    let url = format!("{}/metrics", server.url);
    let refused = client().get(&url).send().await.expect("the server answers");
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let accepted = client().get(&url).bearer_auth(part("token")).send().await.expect("the server answers");
    assert_eq!(accepted.status(), StatusCode::OK);
}

#[tokio::test]
async fn hides_nothing_but_the_definition_of_an_index_of_its_name() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    let url = format!("{}/metrics", server.url);
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("the server answers").status();
    assert_eq!(status(client().head(&url)).await, StatusCode::NOT_FOUND);
    assert_eq!(status(client().put(&url)).await, StatusCode::OK);
    assert_eq!(status(client().head(&url)).await, StatusCode::OK);
    assert_eq!(status(client().get(format!("{url}/_search"))).await, StatusCode::OK);
    assert!(metrics(&server).await.starts_with("# HELP quidditch_"));
}

#[tokio::test]
async fn a_disabled_function_is_not_called() {
    let installation = Installation::with_cities();
    let file = installation.write("f.wasm", custom_score());
    installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", "1.0.0"]);
    let server = installation.serve_with(&["--disable-functions", "f@1.0.0"]);
    assert_eq!(send(&server, "cities/_search", &scored(1)).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let metrics = metrics(&server).await;
    let errors = r#"quidditch_function_errors_total{function="f",version="1.0.0",role="scorer",kind="disabled"}"#;
    assert_eq!(value(&metrics, errors), 1.0);
}

/// The names of metrics in a text, each alone and with each of its labels: `m` and `m{kind}` for `m{kind="search"}`. The label
/// `instance` is added by Prometheus.
fn names_in(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (start, _) in text.match_indices("quidditch_") {
        let rest = &text[start..];
        let end = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
        let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
        names.insert(name.to_owned());
        let labels = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        for label in labels.into_iter().flat_map(|(labels, _)| labels.split(',')) {
            let label = label.split(['=', '!']).next().unwrap_or_default().trim();
            if label != "instance" {
                names.insert(format!("{name}{{{label}}}"));
            }
        }
    }
    names
}

#[test]
fn names_and_labels_are_found() {
    let found = names_in(r#"rate(quidditch_a_total{instance=~"$instance", kind!~"x|y"}[5m]) / quidditch_b > 0"#);
    assert_eq!(Vec::from_iter(found), ["quidditch_a_total", "quidditch_a_total{kind}", "quidditch_b"]);
}

#[tokio::test]
async fn has_all_that_the_dashboard_and_the_alerts_read() {
    let installation = Installation::with_cities();
    let server = used_server(&installation).await;
    let exposed: BTreeSet<String> = metrics(&server).await.lines().flat_map(names_in).collect();
    for file in ["dashboard.json", "alerts.yaml"] {
        let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../infra/prometheus", file].iter().collect();
        let text = std::fs::read_to_string(&path).expect("the file exists");
        // In JSON, quotation marks are escaped.
        let read = names_in(&text.replace('\\', ""));
        assert!(read.len() >= 5, "{file} reads {read:?}");
        let missing: Vec<_> = read.difference(&exposed).collect();
        assert!(missing.is_empty(), "{file} reads {missing:?}, which the server does not have");
    }
}
