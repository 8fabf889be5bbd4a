//! Converts responses to the JSON that Lambda forwards, within its size limit.

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{Response, StatusCode};
use quidditch_service::{error_chain, error_response};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::event::{EventError, Format};

/// A response in the JSON that the senders of HTTP events expect.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpAnswer<'a> {
    status_code: u16,
    /// Only for load balancers.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    #[serde(flatten)]
    headers: Headers<'a>,
    body: &'a str,
    is_base64_encoded: bool,
    /// Always empty. Some readers of format 2.0 require the key; readers of 1.0 reject unknown keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<[&'static str; 0]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Headers<'a> {
    Headers(BTreeMap<&'a str, String>),
    MultiValueHeaders(BTreeMap<&'a str, Vec<&'a str>>),
}

/// The answer for a response, and its status. A response that is too large for Lambda is replaced by an error.
pub(crate) fn answer(response: &Response<Bytes>, format: Format) -> (StatusCode, Box<RawValue>) {
    // Counted first: a response may be a hundred times as large as the limit.
    let bytes = answer_bytes(response, format);
    let max_bytes = format.max_answer_bytes();
    if bytes <= max_bytes {
        return (response.status(), whole_answer(response, format));
    }
    let advice = match format.may_compress() && !response.headers().contains_key(CONTENT_ENCODING) {
        true => ", or send the header [Accept-Encoding: gzip]",
        false => "",
    };
    let receiver = if format.is_load_balancer() { "the load balancer" } else { "Lambda" };
    let reason = format!(
        "the response has {bytes} bytes as JSON for {receiver}; at most {max_bytes} are allowed: \
         request less with [size], [_source] or [filter_path]{advice}"
    );
    let error = error_response(StatusCode::PAYLOAD_TOO_LARGE, "content_too_large_exception", &reason);
    (error.status(), whole_answer(&error, format))
}

/// Size of the answer for a response.
fn answer_bytes(response: &Response<Bytes>, format: Format) -> usize {
    let mut counter = Counter(0);
    let counted = match text_of(response) {
        Some(body) => serde_json::to_writer(&mut counter, &http_answer(response, body, Encoding::Text, format)),
        None => {
            let counted = serde_json::to_writer(&mut counter, &http_answer(response, "", Encoding::Base64, format));
            counter.0 += base64::encoded_len(response.body().len(), true).unwrap_or(usize::MAX);
            counted
        }
    };
    counted.expect("texts and numbers serialise without errors");
    counter.0
}

/// Counts what is written.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn whole_answer(response: &Response<Bytes>, format: Format) -> Box<RawValue> {
    let answer = match text_of(response) {
        Some(body) => to_raw_value(&http_answer(response, body, Encoding::Text, format)),
        None => {
            let body = STANDARD.encode(response.body());
            to_raw_value(&http_answer(response, &body, Encoding::Base64, format))
        }
    };
    answer.expect("texts and numbers serialise without errors")
}

/// The body, if it is text.
fn text_of(response: &Response<Bytes>) -> Option<&str> {
    if response.headers().contains_key(CONTENT_ENCODING) {
        return None;
    }
    std::str::from_utf8(response.body()).ok()
}

/// How a body is put into JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Text,
    Base64,
}

fn http_answer<'a>(response: &'a Response<Bytes>, body: &'a str, encoding: Encoding, format: Format) -> HttpAnswer<'a> {
    // The sender sets the length. Header values of the service are always text.
    let headers = response.headers().iter().filter(|(name, _)| *name != CONTENT_LENGTH);
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in headers {
        by_name.entry(name).or_default().push(value);
    }
    let headers = match format {
        Format::MultiValueLoadBalancer => Headers::MultiValueHeaders(by_name),
        // The only one that is repeated, `Warning`, may as well be a list.
        _ => Headers::Headers(by_name.into_iter().map(|(name, values)| (name, values.join(", "))).collect()),
    };
    HttpAnswer {
        status_code: response.status().as_u16(),
        status_description: format.is_load_balancer().then(|| response.status().to_string()),
        headers,
        body,
        is_base64_encoded: encoding == Encoding::Base64,
        cookies: cookies(format),
    }
}

fn cookies(format: Format) -> Option<[&'static str; 0]> {
    (format == Format::Two).then_some([])
}

/// The answer to an event that is not an HTTP request.
pub(crate) fn malformed_event(error: &EventError) -> Box<RawValue> {
    let reason = format!(
        "the event is not an HTTP request of a function URL, API Gateway or a load balancer: {}",
        error_chain(error)
    );
    let response = error_response(StatusCode::BAD_REQUEST, "illegal_argument_exception", &reason);
    whole_answer(&response, Format::Two)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{CONTENT_TYPE, WARNING};

    use super::*;

    const ANSWER_BYTES: usize = 6 << 20;

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
    fn a_repeated_header_arrives_as_a_whole() {
        let mut warned = response("{}");
        for value in ["299 - a", "299 - b"] {
            warned.headers_mut().append(WARNING, HeaderValue::from_static(value));
        }
        let sent = |format| answer(&warned, format).1.get().to_owned();
        assert!(sent(Format::Two).contains(r#""warning":"299 - a, 299 - b""#), "{}", sent(Format::Two));
        let both = sent(Format::MultiValueLoadBalancer);
        assert!(both.contains(r#""warning":["299 - a","299 - b"]"#), "{both}");
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
    fn load_balancers_get_a_status_description_and_the_headers_of_their_mode() {
        insta::assert_snapshot!(pretty(&answer(&response("{}"), Format::LoadBalancer).1), @r#"
        {
          "statusCode": 200,
          "statusDescription": "200 OK",
          "headers": {
            "content-type": "application/json"
          },
          "body": "{}",
          "isBase64Encoded": false
        }
        "#);
        insta::assert_snapshot!(pretty(&answer(&response("{}"), Format::MultiValueLoadBalancer).1), @r#"
        {
          "statusCode": 200,
          "statusDescription": "200 OK",
          "multiValueHeaders": {
            "content-type": [
              "application/json"
            ]
          },
          "body": "{}",
          "isBase64Encoded": false
        }
        "#);
    }

    #[test]
    fn the_limit_of_load_balancers_is_lower() {
        let overhead = answer(&response(""), Format::LoadBalancer).1.get().len();
        let body = "a".repeat((1 << 20) - overhead);
        assert_eq!(answer(&response(body.clone()), Format::LoadBalancer).0, StatusCode::OK);
        let (status, over_the_limit) = answer(&response(body + "a"), Format::LoadBalancer);
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let reason = "the response has 1048577 bytes as JSON for the load balancer; at most 1048576 are allowed";
        assert!(over_the_limit.get().contains(reason), "{over_the_limit}");
    }

    #[test]
    fn too_large_responses_become_errors() {
        let overhead = answer(&response(""), Format::One).1.get().len();
        let largest = "a".repeat(ANSWER_BYTES - overhead);
        let (status, at_the_limit) = answer(&response(largest.clone()), Format::One);
        assert_eq!((status, at_the_limit.get().len()), (StatusCode::OK, ANSWER_BYTES));

        let mut compressed = response(vec![0; ANSWER_BYTES / 4 * 3]);
        compressed.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        let bytes = answer_bytes(&compressed, Format::Two);
        assert_eq!(bytes, whole_answer(&compressed, Format::Two).get().len());
        assert_eq!(answer(&compressed, Format::Two).0, StatusCode::PAYLOAD_TOO_LARGE);

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
