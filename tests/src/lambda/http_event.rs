//! Converts requests and responses as function URLs do.

use std::collections::BTreeMap;
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The event for a request, in format 2.0. Bodies that are not text are base64-encoded.
pub fn function_url_event(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Json {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: BTreeMap<&str, &str> = headers.iter().copied().collect();
    let (body, is_base64_encoded) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(body), true),
    };
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
        "requestContext": {
            "accountId": "anonymous", "apiId": "u", "domainName": "u.lambda-url.eu-central-1.on.aws",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1" },
            "requestId": "r", "routeKey": "$default", "stage": "$default", "timeEpoch": 1_718_452_800_000_u64,
        },
        "body": body, "isBase64Encoded": is_base64_encoded,
    })
}

/// The response to the caller of a function URL.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpAnswer {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body, as it is transferred.
    pub body: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    headers: BTreeMap<String, String>,
    body: String,
    is_base64_encoded: bool,
}

impl HttpAnswer {
    /// Parses the answer of a Lambda function.
    pub fn parse(text: &str) -> Self {
        let answer: Answer = serde_json::from_str(text).expect("the answer has the format of function URLs");
        let body = match answer.is_base64_encoded {
            true => STANDARD.decode(answer.body).expect("base64"),
            false => answer.body.into_bytes(),
        };
        HttpAnswer { status: answer.status_code, headers: answer.headers, body }
    }

    /// The body's JSON, decompressed.
    pub fn json(&self) -> Json {
        if self.headers.get("content-encoding").is_some_and(|encoding| encoding == "gzip") {
            let mut bytes = Vec::new();
            GzDecoder::new(&self.body[..]).read_to_end(&mut bytes).expect("gzip");
            return serde_json::from_slice(&bytes).expect("JSON");
        }
        serde_json::from_slice(&self.body).expect("JSON")
    }
}
