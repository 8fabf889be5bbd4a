//! From a response to what Lambda passes on, within its limit.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use crate::event::Format;

/// Most bytes of an answer as it is given to Lambda: Lambda's own limit.
const ANSWER_BYTES: usize = 6 << 20;

/// An answer in the format that function URLs and both formats of API Gateway take.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpAnswer<'a> {
    status_code: u16,
    headers: BTreeMap<&'a str, &'a str>,
    body: &'a str,
    is_base64_encoded: bool,
    /// None are ever set, but some that read format 2.0 want to be told so; readers of 1.0 refuse what they do not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<[&'static str; 0]>,
}

/// The answer for a response, or, where that is larger than Lambda takes, for an error that says so; and its status.
pub(crate) fn answer(response: &Response<Bytes>, format: Format) -> (StatusCode, Box<RawValue>) {
    let answer = whole_answer(response, format);
    let bytes = answer.get().len();
    if bytes <= ANSWER_BYTES {
        return (response.status(), answer);
    }
    let problem = Problem::too_large(bytes, response.headers().contains_key(CONTENT_ENCODING));
    (problem.status, problem.into_answer(format))
}

fn whole_answer(response: &Response<Bytes>, format: Format) -> Box<RawValue> {
    // Whoever sends it sets the length. The values that are no text are no headers of ours.
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

/// An error of this front door, in the shape of the API's own.
pub(crate) struct Problem {
    status: StatusCode,
    kind: &'static str,
    reason: String,
}

impl Problem {
    /// An event that is no request.
    pub(crate) fn malformed(reason: &str) -> Self {
        let reason = format!("the event is not an HTTP request of a function URL or of API Gateway: {reason}");
        Problem { status: StatusCode::BAD_REQUEST, kind: "illegal_argument_exception", reason }
    }

    fn too_large(bytes: usize, is_compressed: bool) -> Self {
        let compress = if is_compressed { "" } else { ", or send the header [Accept-Encoding: gzip]" };
        let reason = format!(
            "the answer has {bytes} bytes as Lambda counts them, at most {ANSWER_BYTES} are allowed: \
             ask for less with [size], [_source] or [filter_path]{compress}"
        );
        Problem { status: StatusCode::PAYLOAD_TOO_LARGE, kind: "content_too_large_exception", reason }
    }

    pub(crate) fn into_answer(self, format: Format) -> Box<RawValue> {
        let Problem { status, kind, reason } = self;
        let exception = json!({ "type": kind, "reason": reason });
        let error = json!({ "root_cause": [exception], "type": kind, "reason": reason });
        let body = json!({ "error": error, "status": status.as_u16() }).to_string();
        let answer = HttpAnswer {
            status_code: status.as_u16(),
            headers: BTreeMap::from([("content-type", "application/json")]),
            body: &body,
            is_base64_encoded: false,
            cookies: cookies(format),
        };
        to_raw_value(&answer).expect("texts and numbers serialise without errors")
    }
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

    #[test]
    fn text_goes_as_it_is_and_bytes_as_base64() {
        let (_, text) = answer(&response("{\"a\":1}"), Format::Two);
        insta::assert_snapshot!(text, @r#"{"statusCode":200,"headers":{"content-type":"application/json"},"body":"{\"a\":1}","isBase64Encoded":false,"cookies":[]}"#);
        let mut compressed = response(&b"\x1f\x8b"[..]);
        compressed.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        insta::assert_snapshot!(answer(&compressed, Format::One).1, @r#"{"statusCode":200,"headers":{"content-encoding":"gzip","content-type":"application/json"},"body":"H4s=","isBase64Encoded":true}"#);
    }

    #[test]
    fn answers_are_as_large_as_lambda_takes() {
        let around = answer(&response(""), Format::One).1.get().len();
        let largest = "a".repeat(ANSWER_BYTES - around);
        let (status, at_the_limit) = answer(&response(largest.clone()), Format::One);
        assert_eq!((status, at_the_limit.get().len()), (StatusCode::OK, ANSWER_BYTES));

        let (status, over_it) = answer(&response(largest + "a"), Format::One);
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        insta::assert_snapshot!(over_it, @r#"{"statusCode":413,"headers":{"content-type":"application/json"},"body":"{\"error\":{\"root_cause\":[{\"type\":\"content_too_large_exception\",\"reason\":\"the answer has 6291457 bytes as Lambda counts them, at most 6291456 are allowed: ask for less with [size], [_source] or [filter_path], or send the header [Accept-Encoding: gzip]\"}],\"type\":\"content_too_large_exception\",\"reason\":\"the answer has 6291457 bytes as Lambda counts them, at most 6291456 are allowed: ask for less with [size], [_source] or [filter_path], or send the header [Accept-Encoding: gzip]\"},\"status\":413}","isBase64Encoded":false}"#);
    }
}
