//! Bodies of `_bulk` that are processed while they arrive.

use quidditch_tests::Quidditch;
use reqwest::Method;

use super::client::{WriteClient, runtime};

/// Operations with this many bytes together.
fn operations(bytes: usize) -> String {
    let text = "a".repeat(1_000_000);
    let operation = |number: usize| format!("{{\"index\":{{\"_id\":{number}}}}}\n{{\"text\":\"{text}\"}}\n");
    (0..bytes.div_ceil(text.len())).map(operation).collect()
}

#[test]
fn a_large_body_is_written_in_parts_and_its_mistakes_are_answered() {
    let quidditch = Quidditch::new();
    let server = quidditch.serve::<&str>([]);
    let (client, runtime) = (WriteClient::new(&server), runtime());
    let send = |path: &str, body: &str| runtime.block_on(client.send(Method::POST, path, body));
    let mapping = r#"{"mappings":{"dynamic":false}}"#;
    assert_eq!(runtime.block_on(client.send(Method::PUT, "/large", mapping)).0, 200);
    let count = || runtime.block_on(client.get("/large/_count")).1["count"].clone();

    let body = operations(45_000_000);
    // Nothing is done, and the connection stays open until the body is sent.
    let (status, answer) = send("/large/_bulk", &format!("[]\n{body}"));
    assert_eq!((status, count()), (400, 0.into()), "{answer}");
    let (status, answer) = send("/large/_bulk?unknown", &body);
    assert_eq!((status, count()), (400, 0.into()), "{answer}");

    let (status, answer) = send("/large/_bulk", &format!("{body}[]\n"));
    assert_eq!(status, 400);
    let reason = answer["error"]["reason"].as_str().expect("text");
    assert!(reason.ends_with("; the first [33] operations of the request were performed"), "{reason}");
    assert_eq!(count(), 33);

    let (status, answer) = send("/large/_bulk", &body);
    assert_eq!((status, &answer["errors"], count()), (200, &false.into(), 45.into()));

    let (status, answer) = send("/large/_bulk", &operations(106_000_000));
    assert_eq!(status, 413, "{answer}");
}
