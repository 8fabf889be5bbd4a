//! Parses events of function URLs (format 2.0) and API Gateway (formats 1.0 and 2.0) into HTTP requests.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{HeaderName, HeaderValue, Request};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;

/// The payload format of an event and its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// 1.0: API Gateway's REST APIs.
    One,
    /// 2.0: function URLs, and API Gateway's HTTP APIs.
    Two,
}

/// Characters to encode in paths. Percent signs are not, since paths arrive encoded, or partly encoded.
const NOT_IN_PATHS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// The relevant fields of both formats. An event has only some of them, and any may be null.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpEvent {
    // 2.0
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    #[serde(default)]
    request_context: Option<RequestContext>,
    // 1.0
    http_method: Option<String>,
    path: Option<String>,
    query_string_parameters: Option<BTreeMap<String, Option<String>>>,
    multi_value_query_string_parameters: Option<BTreeMap<String, Option<Vec<String>>>>,
    multi_value_headers: Option<BTreeMap<String, Option<Vec<String>>>>,
    // Both
    headers: Option<BTreeMap<String, Option<String>>>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

#[derive(Deserialize)]
struct RequestContext {
    http: Option<HttpContext>,
    stage: Option<String>,
}

#[derive(Deserialize)]
struct HttpContext {
    method: Option<String>,
}

/// Why an event is not an HTTP request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EventError {
    #[error("unexpected JSON")]
    Json(#[from] serde_json::Error),
    #[error("it has neither rawPath and requestContext.http.method nor path and httpMethod")]
    NoRequestLine,
    #[error("its body is not valid base64")]
    Body(#[from] base64::DecodeError),
    #[error("[{method} {target}] is not a valid request")]
    Request { method: String, target: String, source: http::Error },
}

/// The HTTP request in an event.
pub(crate) fn request(event: &str) -> Result<(Request<Bytes>, Format), EventError> {
    let event: HttpEvent = serde_json::from_str(event)?;
    let (method, target, format) = event.request_line()?;
    let mut request = Request::builder().method(method.as_str()).uri(&target);
    for (name, value) in event.headers() {
        // Invalid headers are ignored.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            request = request.header(name, value);
        }
    }
    let body = event.into_body()?;
    match request.body(body) {
        Ok(request) => Ok((request, format)),
        Err(source) => Err(EventError::Request { method, target, source }),
    }
}

impl HttpEvent {
    /// Method and target, with the format that they are in.
    fn request_line(&self) -> Result<(String, String, Format), EventError> {
        let context = self.request_context.as_ref();
        let method_2 = context.and_then(|context| context.http.as_ref()).and_then(|http| http.method.as_ref());
        if let (Some(method), Some(path)) = (method_2, &self.raw_path) {
            let path = without_stage(path, context.and_then(|context| context.stage.as_deref()));
            let query = self.raw_query_string.clone().unwrap_or_default();
            return Ok((method.clone(), target(path, &query), Format::Two));
        }
        if let (Some(method), Some(path)) = (&self.http_method, &self.path) {
            return Ok((method.clone(), target(path, &self.query()), Format::One));
        }
        Err(EventError::NoRequestLine)
    }

    /// The query string of format 1.0, in which parameters arrive decoded.
    fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(parameters) = &self.multi_value_query_string_parameters {
            for (name, values) in parameters {
                for value in values.iter().flatten() {
                    query.append_pair(name, value);
                }
            }
        } else if let Some(parameters) = &self.query_string_parameters {
            for (name, value) in parameters {
                query.append_pair(name, value.as_deref().unwrap_or_default());
            }
        }
        query.finish()
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        if let Some(headers) = &self.multi_value_headers {
            let each =
                headers.iter().flat_map(|(name, values)| values.iter().flatten().map(move |value| (name, value)));
            return each.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        }
        let each = self.headers.iter().flatten();
        each.filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?))).collect()
    }

    fn into_body(self) -> Result<Bytes, EventError> {
        let body = self.body.unwrap_or_default();
        if self.is_base64_encoded != Some(true) {
            return Ok(body.into());
        }
        Ok(STANDARD.decode(body)?.into())
    }
}

/// Removes the stage, which API Gateway puts in front of paths unless it is the default stage.
fn without_stage<'a>(path: &'a str, stage: Option<&str>) -> &'a str {
    let rest = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

fn target(path: &str, query: &str) -> String {
    let path = utf8_percent_encode(path, NOT_IN_PATHS);
    if query.is_empty() { path.to_string() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;

    #[test]
    fn format_2_0_is_parsed() {
        let event = json!({
            "version": "2.0", "rawPath": "/cities/_doc/a b%2Fc", "rawQueryString": "q=1&pretty",
            "headers": { "content-type": "application/json", "x-many": "a,b" },
            "requestContext": { "http": { "method": "POST", "path": "/ignored" }, "stage": "$default" },
            "body": "eyJhIjoxfQ==", "isBase64Encoded": true,
        });
        let (request, format) = request(&event.to_string()).expect("valid");
        assert_eq!((request.method(), format), (&Method::POST, Format::Two));
        assert_eq!(request.uri(), "/cities/_doc/a%20b%2Fc?q=1&pretty");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["x-many"], "a,b");
        assert_eq!(request.body(), "{\"a\":1}");
    }

    #[test]
    fn format_1_0_is_parsed() {
        let event = json!({
            "httpMethod": "GET", "path": "/cities/_search", "headers": { "accept": "a" }, "body": null,
            "multiValueHeaders": { "accept": ["application/json", "text/plain"] },
            "queryStringParameters": { "filter_path": "hits" },
            "multiValueQueryStringParameters": { "filter_path": ["hits.total", "a&b"] },
            "requestContext": { "stage": "prod", "httpMethod": "GET" }, "isBase64Encoded": false,
        });
        let (request, format) = request(&event.to_string()).expect("valid");
        assert_eq!(format, Format::One);
        assert_eq!(request.uri(), "/cities/_search?filter_path=hits.total&filter_path=a%26b");
        let accept: Vec<_> = request.headers().get_all("accept").iter().collect();
        assert_eq!(accept, ["application/json", "text/plain"]);
        assert!(request.body().is_empty());
    }

    #[test]
    fn stages_are_removed_from_paths() {
        assert_eq!(without_stage("/prod/cities", Some("prod")), "/cities");
        for (path, stage) in [("/production/x", Some("prod")), ("/cities", Some("$default")), ("/prod", None)] {
            assert_eq!(without_stage(path, stage), path);
        }
    }

    #[test]
    fn other_events_are_errors() {
        let error = |event: &str| format!("{:#}", anyhow::Error::from(request(event).expect_err("not a request")));
        insta::assert_snapshot!(error("{}"), @"it has neither rawPath and requestContext.http.method nor path and httpMethod");
        insta::assert_snapshot!(error("[]"), @"unexpected JSON: invalid length 0, expected struct HttpEvent with 11 elements at line 1 column 2");
        insta::assert_snapshot!(error(r#"{"rawPath": 1}"#), @"unexpected JSON: invalid type: integer `1`, expected a string at line 1 column 13");
        insta::assert_snapshot!(error(r#"{"path": "/", "httpMethod": "GET", "body": "*", "isBase64Encoded": true}"#), @"its body is not valid base64: Invalid symbol 42, offset 0.");
        insta::assert_snapshot!(error(r#"{"path": "/", "httpMethod": "G T"}"#), @"[G T /] is not a valid request: invalid HTTP method");
        insta::assert_snapshot!(error(r#"{"path": "", "httpMethod": "GET"}"#), @"[GET ] is not a valid request: empty string");
    }
}
