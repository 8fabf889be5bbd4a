//! Converts responses to the JSON that Lambda forwards, within its size limit.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{Response, StatusCode};
use quidditch_service::{error_chain, error_response};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::event::{EventError, Format};

/// Maximum size of an answer: Lambda's limit.
const ANSWER_BYTES: usize = 6 << 20;

/// A response in the JSON of function URLs and of both formats of API Gateway.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpAnswer<'a> {
    status_code: u16,
    headers: BTreeMap<&'a str, &'a str>,
    body: &'a str,
    is_base64_encoded: bool,
    /// Always empty. Some readers of format 2.0 require the key; readers of 1.0 reject unknown keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<[&'static str; 0]>,
}

/// The answer for a response, and its status. A response that is too large for Lambda is replaced by an error.
pub(crate) fn answer(response: &Response<Bytes>, format: Format) -> (StatusCode, Box<RawValue>) {
    let answer = whole_answer(response, format);
    let bytes = answer.get().len();
    if bytes <= ANSWER_BYTES {
        return (response.status(), answer);
    }
    let advice = match response.headers().contains_key(CONTENT_ENCODING) {
        true => "",
        false => ", or send the header [Accept-Encoding: gzip]",
    };
    let reason = format!(
        "the response has {bytes} bytes as JSON for Lambda; at most {ANSWER_BYTES} are allowed: \
         request less with [size], [_source] or [filter_path]{advice}"
    );
    let error = error_response(StatusCode::PAYLOAD_TOO_LARGE, "content_too_large_exception", &reason);
    (error.status(), whole_answer(&error, format))
}

fn whole_answer(response: &Response<Bytes>, format: Format) -> Box<RawValue> {
    // The sender sets the length. Header values of the service are always text.
    let headers = response.headers().iter().filter(|(name, _)| *name != CONTENT_LENGTH);
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let status_code = response.status().as_u16();
    let headers = headers.collect();
    let cookies = cookies(format);
    let is_text = !response.headers().contains_key(CONTENT_ENCODING);
    let answer = match std::str::from_utf8(response.body()) {
        Ok(body) if is_text => {
            to_raw_value(&HttpAnswer { status_code, headers, body, is_base64_encoded: false, cookies })
        }
        _ => {
            let body = STANDARD.encode(response.body());
            to_raw_value(&HttpAnswer { status_code, headers, body: &body, is_base64_encoded: true, cookies })
        }
    };
    answer.expect("texts and numbers serialise without errors")
}

fn cookies(format: Format) -> Option<[&'static str; 0]> {
    (format == Format::Two).then_some([])
}

/// The answer to an event that is not an HTTP request.
pub(crate) fn malformed_event(error: &EventError) -> Box<RawValue> {
    let reason =
        format!("the event is not an HTTP request of a function URL or of API Gateway: {}", error_chain(error));
    let response = error_response(StatusCode::BAD_REQUEST, "illegal_argument_exception", &reason);
    whole_answer(&response, Format::Two)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::CONTENT_TYPE;

    use super::*;

    fn response(body: impl Into<Bytes>) -> Response<Bytes> {
        let mut response = Response::new(body.into());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }

    fn pretty(answer: &RawValue) -> String {
        let json: serde_json::Value = serde_json::from_str(answer.get()).expect("JSON");
        format!("{json:#}")
    }

    #[test]
    fn text_is_sent_as_it_is() {
        let (_, answer) = answer(&response("{\"a\":1}"), Format::Two);
        insta::assert_snapshot!(pretty(&answer), @r#"
        {
          "statusCode": 200,
          "headers": {
            "content-type": "application/json"
          },
          "body": "{\"a\":1}",
          "isBase64Encoded": false,
          "cookies": []
        }
        "#);
    }

    #[test]
    fn compressed_bodies_are_sent_as_base64() {
        let mut compressed = response(&b"\x1f\x8b"[..]);
        compressed.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        insta::assert_snapshot!(pretty(&answer(&compressed, Format::One).1), @r#"
        {
          "statusCode": 200,
          "headers": {
            "content-encoding": "gzip",
            "content-type": "application/json"
          },
          "body": "H4s=",
          "isBase64Encoded": true
        }
        "#);
    }

    #[test]
    fn too_large_responses_become_errors() {
        let overhead = answer(&response(""), Format::One).1.get().len();
        let largest = "a".repeat(ANSWER_BYTES - overhead);
        let (status, at_the_limit) = answer(&response(largest.clone()), Format::One);
        assert_eq!((status, at_the_limit.get().len()), (StatusCode::OK, ANSWER_BYTES));

        let (status, over_the_limit) = answer(&response(largest + "a"), Format::One);
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let json: serde_json::Value = serde_json::from_str(over_the_limit.get()).expect("JSON");
        assert_eq!((&json["statusCode"], &json["headers"]["content-type"]), (&413.into(), &"application/json".into()));
        let body: serde_json::Value = serde_json::from_str(json["body"].as_str().expect("text")).expect("JSON");
        assert_eq!((&body["status"], &body["error"]["type"]), (&413.into(), &"content_too_large_exception".into()));
        insta::assert_snapshot!(
            body["error"]["reason"].as_str().expect("text"),
            @"the response has 6291457 bytes as JSON for Lambda; at most 6291456 are allowed: request less with [size], [_source] or [filter_path], or send the header [Accept-Encoding: gzip]"
        );
    }
}
