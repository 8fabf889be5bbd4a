//! Traces, as an OpenTelemetry collector receives them.

use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;
use reqwest::{Response, StatusCode};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use crate::collector::{Collector, attributes};
use crate::fixture::{Installation, Server, client, custom_score};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// With the index `cities` and the scorer `f`.
fn installation() -> Installation {
    let installation = Installation::with_cities();
    let file = installation.write("f.wasm", custom_score());
    installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", "1.0.0"]);
    installation
}

/// Scores by the population times a factor.
fn scored(factor: i32) -> Json {
    let function = json!({ "name": "f", "parameters": { "field": "population", "boost": 0, "factor": factor } });
    json!({ "query": { "script_score": { "query": { "match_all": {} }, "wasm_udf": function } } })
}

async fn send(server: &Server, path: &str, body: &Json, traceparent: Option<&str>) -> Response {
    let mut request = client().post(format!("{}/{path}", server.url)).json(body);
    if let Some(traceparent) = traceparent {
        request = request.header("traceparent", traceparent).header("tracestate", "vendor=1");
    }
    request.send().await.expect("the server answers")
}

/// Lets the server end, which sends all spans.
async fn finish(mut server: Server) -> String {
    tokio::task::spawn_blocking(move || server.finish()).await.expect("it ends")
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_search_is_a_part_of_the_trace_of_its_caller() {
    let (installation, collector) = (installation(), Collector::start().await);
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url]);
    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    let answer = send(&server, "cities/_search", &scored(1), Some(&traceparent)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(finish(server).await, "");

    insta::assert_snapshot!(collector.tree(), @r"
    POST /{index}/_search
      parse
      snapshot
      search
        resolve
        dry_run
        warm_up
          read
        execute
          function f
        fetch
      response
    ");
    let spans = collector.spans();
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE && span.trace_state == "vendor=1"), "{spans:?}");
    let request = collector.span("POST /{index}/_search");
    assert_eq!((hex(&request.parent_span_id).as_str(), request.kind), (PARENT, SpanKind::Server as i32));
    assert!(spans.iter().all(|span| request.start_time_unix_nano <= span.start_time_unix_nano));
    assert!(spans.iter().all(|span| span.end_time_unix_nano <= request.end_time_unix_nano));
    insta::assert_snapshot!(shown(&request.attributes), @r"
    http.request.method: POST
    http.response.status_code: 200
    http.route: /{index}/_search
    quidditch.index: cities
    url.path: /cities/_search
    url.scheme: http
    ");
    insta::assert_snapshot!(shown(&collector.span("search").attributes), @r"
    quidditch.hits: 3
    quidditch.indices: cities
    quidditch.timed_out: false
    ");
    let resources = collector.resources();
    assert_eq!(resources[0]["service.name"], "quidditch");
    assert_eq!(resources[0]["service.version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn each_function_clause_is_a_span() {
    let (installation, collector) = (installation(), Collector::start().await);
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url, "--threads", "3"]);
    let mut body = scored(1);
    body["profile"] = true.into();
    let answer: Json = send(&server, "cities/_search", &body, None).await.json().await.expect("JSON");
    finish(server).await;

    let function = collector.span("function f");
    let profile = &answer["profile"]["functions"][0];
    let attributes = attributes(&function.attributes);
    assert_eq!(attributes["quidditch.function.time_in_nanos"], profile["time_in_nanos"].to_string());
    let execute = collector.span("execute");
    assert_eq!(function.parent_span_id, execute.span_id);
    assert!(execute.start_time_unix_nano <= function.start_time_unix_nano);
    assert!(function.end_time_unix_nano <= execute.end_time_unix_nano);
    let without_time = function.attributes.iter().filter(|attribute| !attribute.key.ends_with("nanos"));
    insta::assert_snapshot!(shown(&without_time.cloned().collect::<Vec<_>>()), @r"
    quidditch.function.cached_documents: 0
    quidditch.function.calls: 1
    quidditch.function.clause: query.script_score.wasm_udf
    quidditch.function.documents: 3
    quidditch.function.failed_documents: 0
    quidditch.function.instances: 1
    quidditch.function.name: f
    quidditch.function.role: scorer
    quidditch.function.version: 1.0.0
    ");
}

#[tokio::test]
async fn a_clause_is_a_span_even_if_it_is_not_called() {
    let (installation, collector) = (installation(), Collector::start().await);
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url]);
    let none = json!({ "script": { "script": "doc['population'].value > 9000000" } });
    let filters = json!([{ "match_all": {} }, none]);
    let mut body = scored(1);
    body["query"]["script_score"]["query"] = json!({ "bool": { "filter": filters } });
    assert_eq!(send(&server, "cities/_search", &body, None).await.status(), StatusCode::OK);
    finish(server).await;

    let spans = collector.spans();
    let functions = spans.iter().map(|span| attributes(&span.attributes));
    let functions = functions.filter_map(|of| Some((of.get("quidditch.function.clause")?.clone(), of)));
    let mut calls: Vec<_> = functions.map(|(clause, of)| (clause, of["quidditch.function.calls"].clone())).collect();
    calls.sort();
    let of_script = ("query.script_score.query.bool.filter[1].script.script".to_owned(), "1".to_owned());
    assert_eq!(calls, [of_script, ("query.script_score.wasm_udf".to_owned(), "0".to_owned())]);
}

#[tokio::test]
async fn a_function_that_fails_is_an_error_and_the_mistake_of_a_caller_is_none() {
    let (installation, collector) = (installation(), Collector::start().await);
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url]);
    // No score is negative.
    assert_eq!(send(&server, "cities/_search", &scored(-1), None).await.status(), StatusCode::BAD_REQUEST);
    finish(server).await;

    let status = collector.span("function f").status.expect("it has one");
    assert_eq!(status.code, SpanStatus::Error as i32);
    insta::assert_snapshot!(status.message, @"function f@1.0.0 failed to run: invalid score [-3700000] for document [1]: must be a finite non-negative number");
    let request = collector.span("POST /{index}/_search");
    assert_eq!(request.status.map_or(0, |status| status.code), SpanStatus::Unset as i32);
    assert_eq!(attributes(&request.attributes)["http.response.status_code"], "400");
}

#[tokio::test]
async fn errors_of_the_server_have_their_type() {
    let (installation, collector) = (installation(), Collector::start().await);
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url, "--disable-functions", "f"]);
    assert_eq!(send(&server, "cities/_search", &scored(1), None).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    finish(server).await;
    let request = collector.span("POST /{index}/_search");
    assert_eq!(request.status.expect("it has one").code, SpanStatus::Error as i32);
    assert_eq!(attributes(&request.attributes)["error.type"], "script_exception");
}

#[tokio::test]
async fn the_steps_of_each_index_are_spans() {
    let (installation, collector) = (installation(), Collector::start().await);
    installation.succeed(&["index", "create", "towns"]);
    installation.run_with(&["index", "add", "towns"], "{\"name\": \"Bonn\"}\n");
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url]);
    let body = json!({ "query": { "match": { "name": "bonn" } } });
    assert_eq!(send(&server, "cities,towns/_search", &body, None).await.status(), StatusCode::OK);
    finish(server).await;
    insta::assert_snapshot!(collector.tree(), @r"
    POST /{index}/_search
      parse
      snapshot
      search
        resolve
        dry_run
        resolve
        dry_run
        warm_up
          read
        warm_up
          read
        execute
        execute
        fetch
      response
    ");
    insta::assert_snapshot!(shown(&collector.span("search").attributes), @r"
    quidditch.hits: 1
    quidditch.indices: cities,towns
    quidditch.timed_out: false
    ");
    let executed = collector.spans().into_iter().filter(|span| span.name == "execute");
    let indices: Vec<String> = executed.map(|span| attributes(&span.attributes)["quidditch.index"].clone()).collect();
    assert_eq!(indices, ["cities", "towns"]);
}

#[tokio::test]
async fn traces_that_are_not_sampled_are_not_sent() {
    let (installation, collector) = (installation(), Collector::start().await);
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url]);
    let traceparent = format!("00-{TRACE}-{PARENT}-00");
    send(&server, "cities/_search", &scored(1), Some(&traceparent)).await;
    finish(server).await;
    assert_eq!(collector.spans(), []);

    let server = installation.serve_with(&["--otlp-endpoint", &collector.url, "--trace-sample-ratio", "0"]);
    send(&server, "cities/_search", &scored(1), None).await;
    finish(server).await;
    assert_eq!(collector.spans(), []);

    // Whoever began the trace decides.
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url, "--trace-sample-ratio", "0"]);
    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    send(&server, "cities/_search", &scored(1), Some(&traceparent)).await;
    finish(server).await;
    assert_eq!(hex(&collector.span("POST /{index}/_search").trace_id), TRACE);
}

#[tokio::test]
async fn an_invalid_traceparent_is_ignored() {
    let (installation, collector) = (installation(), Collector::start().await);
    let server = installation.serve_with(&["--otlp-endpoint", &collector.url]);
    send(&server, "cities/_search", &scored(1), Some(&format!("00-{TRACE}-0000000000000000-01"))).await;
    finish(server).await;
    let request = collector.span("POST /{index}/_search");
    assert_eq!(request.parent_span_id, [0_u8; 0]);
    assert_ne!(hex(&request.trace_id), TRACE);
}

#[tokio::test]
async fn environment_variables_name_the_collector_and_the_service() {
    let (installation, collector) = (installation(), Collector::start().await);
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()), ("OTEL_SERVICE_NAME", "shop-search")];
    let server = installation.serve_in(&variables, &[]);
    send(&server, "cities/_search", &json!({}), None).await;
    finish(server).await;
    assert_eq!(collector.resources()[0]["service.name"], "shop-search");
}

#[tokio::test]
async fn nothing_is_sent_without_a_collector() {
    let (installation, collector) = (installation(), Collector::start().await);
    for variables in [&[][..], &[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]] {
        let server = installation.serve_in(variables, &["-vv"]);
        send(&server, "cities/_search", &scored(1), None).await;
        let log = finish(server).await;
        // Not even the most detailed log has spans.
        assert!(log.contains("request answered") && !log.contains("execute"), "{log}");
    }
    assert_eq!(collector.spans(), []);
}

#[tokio::test]
async fn a_collector_that_is_gone_harms_nobody() {
    let installation = installation();
    // Nobody listens here: the port is free again.
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("it listens");
    let server = installation.serve_with(&["--otlp-endpoint", &format!("http://{gone}")]);
    assert_eq!(send(&server, "cities/_search", &scored(1), None).await.status(), StatusCode::OK);
    let log = tokio::time::timeout(Duration::from_secs(20), finish(server)).await.expect("it ends soon");
    assert_eq!(log.matches("cannot send traces to the collector").count(), 1, "{log}");
}

#[tokio::test]
async fn a_collector_that_does_not_answer_harms_nobody() {
    let installation = installation();
    // It accepts connections, and reads nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", silent.local_addr().expect("it listens"));
    let server = installation.serve_with(&["--otlp-endpoint", &url]);
    assert_eq!(send(&server, "cities/_search", &scored(1), None).await.status(), StatusCode::OK);
    let log = tokio::time::timeout(Duration::from_secs(20), finish(server)).await.expect("it ends soon");
    assert!(log.contains("the last traces were not sent"), "{log}");
}

#[test]
fn wrong_options_are_errors() {
    let installation = Installation::new();
    insta::assert_snapshot!(installation.run(&["serve", "--otlp-endpoint", "localhost:4318"]), @r"
    1
    error: the OTLP endpoint [localhost:4318] is not the URL of a collector, such as http://127.0.0.1:4318
    ");
    insta::assert_snapshot!(
        installation.run(&["serve", "--otlp-endpoint", "http://localhost:4318", "--trace-sample-ratio", "1.5"]),
        @r"
        2
        error: invalid value '1.5' for '--trace-sample-ratio <RATIO>': expected a number from 0 to 1

        For more information, try '--help'.
        "
    );
}

/// Attributes as lines.
fn shown(of: &[opentelemetry_proto::tonic::common::v1::KeyValue]) -> String {
    attributes(of).into_iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
}
