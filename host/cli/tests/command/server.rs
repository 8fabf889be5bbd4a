//! `quidditch serve`, over HTTP.

use reqwest::StatusCode;
use serde_json::{Value as Json, json};

use crate::fixture::{Installation, client, custom_score};

async fn get(url: String) -> (StatusCode, Json) {
    let response = client().get(url).send().await.expect("the server answers");
    (response.status(), response.json().await.expect("the answer is JSON"))
}

#[tokio::test]
async fn answers_searches() {
    let installation = Installation::with_cities();
    let file = installation.write("f.wasm", custom_score());
    installation.succeed(&["udf", "publish", &file, "--name", "f", "--version", "1.0.0"]);
    let server = installation.serve();
    assert_eq!(get(format!("{}/_health", server.url)).await, (StatusCode::OK, json!({ "status": "ok" })));
    assert_eq!(get(format!("{}/_udf", server.url)).await.1["functions"][0]["name"], "f");

    let function = json!({ "name": "f", "parameters": { "field": "population", "boost": 0, "factor": 1 } });
    let body = json!({ "query": { "script_score": { "query": { "match_all": {} }, "wasm_udf": function } } });
    let request = client().post(format!("{}/cities/_search", server.url)).json(&body);
    let answer: Json = request.send().await.expect("the server answers").json().await.expect("JSON");
    assert_eq!(answer["hits"]["hits"][0]["_source"]["name"], "Berlin");
    assert_eq!(get(format!("{}/nope/_search", server.url)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn finds_new_documents_immediately() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    let count = || async { get(format!("{}/cities/_count", server.url)).await.1["count"].clone() };
    assert_eq!(count().await, 3);
    installation.run_with(&["index", "add", "cities"], "{\"name\": \"Bonn\"}\n");
    assert_eq!(count().await, 4);
}

#[tokio::test]
async fn answers_concurrent_requests() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    let requests: Vec<_> = (0..50).map(|_| tokio::spawn(get(format!("{}/cities/_search", server.url)))).collect();
    for request in requests {
        let (status, answer) = request.await.expect("no panic");
        assert_eq!((status, &answer["hits"]["total"]["value"]), (StatusCode::OK, &3.into()));
    }
}

#[tokio::test]
async fn limits_bodies() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    let send = |bytes: usize| {
        let request =
            client().post(format!("{}/cities/_search", server.url)).body(format!("{{}}{}", " ".repeat(bytes - 2)));
        async { request.send().await.expect("the server answers").status() }
    };
    assert_eq!(send(10 << 20).await, StatusCode::OK);
    assert_eq!(send((10 << 20) + 1).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn sends_the_product_header_only_on_request() {
    let installation = Installation::with_cities();
    for (arguments, expected) in [(&[][..], None), (&["--product-header"], Some("Elasticsearch"))] {
        let server = installation.serve_with(arguments);
        let response = client().get(&server.url).send().await.expect("the server answers");
        assert_eq!(response.headers().get("x-elastic-product").map(|value| value.to_str().expect("text")), expected);
    }
}

#[tokio::test]
async fn head_has_no_body() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    let url = format!("{}/cities/_mapping", server.url);
    let length = get(url.clone()).await.1.to_string().len();
    let head = client().head(url).send().await.expect("the server answers");
    assert_eq!(head.headers()["content-length"], length.to_string());
    assert!(head.bytes().await.expect("no body").is_empty());
}

#[tokio::test]
async fn compresses_large_responses_for_clients_that_accept_it() {
    let installation = Installation::with_cities();
    let server = installation.serve();
    let encoding = |accept: &'static str, path: &str| {
        let request = client().get(format!("{}{path}", server.url)).header("accept-encoding", accept);
        async { request.send().await.expect("the server answers").headers().get("content-encoding").cloned() }
    };
    // An error repeats the path, so it can be made as large as needed.
    let large = format!("/_{}", "x".repeat(1_400));
    assert_eq!(encoding("gzip", "/_health").await, None);
    assert_eq!(encoding("identity", &large).await, None);
    assert_eq!(encoding("gzip", &large).await, Some("gzip".parse().expect("a value")));
}

#[cfg(unix)]
#[tokio::test]
async fn shuts_down_on_signals() {
    use rustix::process::{Pid, Signal, kill_process};
    let installation = Installation::with_cities();
    for signal in [Signal::INT, Signal::TERM] {
        let mut server = installation.serve();
        // An open, idle connection must not delay it.
        let client = client();
        client.get(format!("{}/_health", server.url)).send().await.expect("the server answers");
        kill_process(Pid::from_child(&server.child), signal).expect("it runs");
        assert_eq!(server.child.wait().expect("it ends").code(), Some(0));
        assert!(client.get(format!("{}/_health", server.url)).send().await.is_err());
    }
}

#[test]
fn an_address_in_use_is_an_error() {
    let installation = Installation::new();
    let server = installation.serve();
    let address = server.url.trim_start_matches("http://");
    let output = installation.run(&["serve", "--listen", address]);
    assert!(output.starts_with(&format!("1\nerror: cannot listen on {address}: ")), "{output}");
}
