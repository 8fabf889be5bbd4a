//! What OpenSearch 2.19 answers to `_analyze`, recorded.

use serde_json::{Value as Json, json};

use crate::Mapping;

/// One answer for each line: the request, and the tokens as `[token, start, end, type, position, length]`.
const RECORDED: &str = include_str!("../../tests/analysis.ndjson");

#[test]
fn texts_become_the_same_tokens() {
    let settings: Json = serde_json::from_str(include_str!("../../tests/analysis.settings.json")).expect("JSON");
    let mapping = Mapping::from_json(&settings).expect("valid");
    let mut differences = Vec::new();
    let mut requests = 0;
    for line in RECORDED.lines() {
        requests += 1;
        let recorded: Json = serde_json::from_str(line).expect("JSON");
        let actual = match mapping.analyze(&recorded["request"]) {
            Ok(tokens) => tokens
                .into_iter()
                .map(|token| {
                    json!([
                        token.token,
                        token.start_offset,
                        token.end_offset,
                        token.kind,
                        token.position,
                        token.position_length
                    ])
                })
                .collect(),
            Err(error) => json!(error.to_string()),
        };
        if actual != recorded["tokens"] {
            differences
                .push(format!("{}\n  expected {}\n  actual   {actual}", recorded["request"], recorded["tokens"]));
        }
    }
    assert!(requests > 1_000);
    assert!(differences.is_empty(), "{} of {requests} differ:\n{}", differences.len(), differences.join("\n"));
}
