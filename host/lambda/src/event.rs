//! From an event to a request: what function URLs (format 2.0) and API Gateway (formats 1.0 and 2.0) send.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{HeaderName, HeaderValue, Request};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Deserialize;

/// In which format an event came, and its answer is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// 1.0: API Gateway's REST APIs.
    One,
    /// 2.0: function URLs, and API Gateway's HTTP APIs.
    Two,
}

/// What a path cannot contain as it is. A percent sign can: paths come encoded, or partly so.
const NOT_IN_PATHS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// The fields of both formats that are of use. Of each event only some are there, and any may be null.
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

/// The request that an event is about; the error says what is wrong with the event.
pub(crate) fn request(event: &str) -> Result<(Request<Bytes>, Format), String> {
    let event: HttpEvent = serde_json::from_str(event).map_err(|error| error.to_string())?;
    let (method, target, format) = event.line()?;
    let mut request = Request::builder().method(method.as_str()).uri(&target);
    for (name, value) in event.headers() {
        // A client that sends what is no header gets the answer of one that did not send it.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            request = request.header(name, value);
        }
    }
    let body = event.into_body()?;
    let request = request.body(body).map_err(|error| format!("[{method} {target}] is no request: {error}"))?;
    Ok((request, format))
}

impl HttpEvent {
    /// Method and target, and the format that has them there.
    fn line(&self) -> Result<(String, String, Format), String> {
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
        Err("it has neither rawPath and requestContext.http.method nor path and httpMethod".to_owned())
    }

    /// The query of format 1.0, where it comes decoded.
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

    fn into_body(self) -> Result<Bytes, String> {
        let body = self.body.unwrap_or_default();
        if self.is_base64_encoded != Some(true) {
            return Ok(body.into());
        }
        let bytes = STANDARD.decode(body).map_err(|error| format!("its body is not valid base64: {error}"))?;
        Ok(bytes.into())
    }
}

/// An API with a stage of its own name puts that in front of every path.
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
    fn format_2_0_is_read() {
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
    fn format_1_0_is_read() {
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
    fn stages_are_not_part_of_paths() {
        assert_eq!(without_stage("/prod/cities", Some("prod")), "/cities");
        for (path, stage) in [("/production/x", Some("prod")), ("/cities", Some("$default")), ("/prod", None)] {
            assert_eq!(without_stage(path, stage), path);
        }
    }

    #[test]
    fn what_is_no_request_says_why() {
        let refusal = |event: &str| request(event).expect_err("refused");
        insta::assert_snapshot!(refusal("{}"), @"it has neither rawPath and requestContext.http.method nor path and httpMethod");
        insta::assert_snapshot!(refusal("[]"), @"invalid length 0, expected struct HttpEvent with 11 elements at line 1 column 2");
        insta::assert_snapshot!(refusal(r#"{"rawPath": 1}"#), @"invalid type: integer `1`, expected a string at line 1 column 13");
        insta::assert_snapshot!(refusal(r#"{"path": "/", "httpMethod": "GET", "body": "*", "isBase64Encoded": true}"#), @"its body is not valid base64: Invalid symbol 42, offset 0.");
        insta::assert_snapshot!(refusal(r#"{"path": "/", "httpMethod": "G T"}"#), @"[G T /] is no request: invalid HTTP method");
        insta::assert_snapshot!(refusal(r#"{"path": "", "httpMethod": "GET"}"#), @"[GET ] is no request: empty string");
    }
}
