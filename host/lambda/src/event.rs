//! Parses events into HTTP requests: of function URLs, of API Gateway's HTTP and REST APIs, and of application load balancers.

mod format;
mod path;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::CONTENT_ENCODING;
use http::{HeaderName, HeaderValue, Request};
use quidditch_service::Caller;
use serde::Deserialize;
use serde_json::Value as Json;

pub(crate) use self::format::Format;
use self::path::{PathEncoding, encoded_path, without_stage};

/// The first bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The first characters of gzip that was converted to text.
const GZIP_AS_TEXT: &str = "\u{1f}\u{fffd}";

/// The relevant fields of all formats. An event has only some of them, and any may be null.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpEvent {
    version: Option<String>,
    request_context: Option<RequestContext>,
    // 2.0
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    // All others
    http_method: Option<String>,
    path: Option<String>,
    query_string_parameters: Option<BTreeMap<String, Option<String>>>,
    multi_value_query_string_parameters: Option<BTreeMap<String, Option<Vec<String>>>>,
    multi_value_headers: Option<BTreeMap<String, Option<Vec<String>>>>,
    // All
    headers: Option<BTreeMap<String, Option<String>>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    http: Option<HttpContext>,
    stage: Option<String>,
    domain_name: Option<String>,
    /// Its form depends on how callers are known.
    authorizer: Option<Json>,
    /// Only in events of load balancers.
    elb: Option<serde::de::IgnoredAny>,
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
    #[error(
        "its compressed body was converted to text on the way: set binaryMediaTypes of the REST API to [*/*], \
         or send the body without compression"
    )]
    DamagedBody,
    #[error("[{method} {target}] is not a valid request")]
    Request { method: String, target: String, source: http::Error },
}

/// The HTTP request in an event of a function URL, however malformed; `None` if the event is about something else. Events about
/// uploads do not have the key `requestContext`.
pub(crate) fn request_if_any(event: &str) -> Option<Result<(Request<Bytes>, Format), EventError>> {
    #[derive(Deserialize)]
    struct HttpRequest {
        #[serde(rename = "requestContext")]
        _request_context: serde::de::IgnoredAny,
    }
    match serde_json::from_str::<HttpEvent>(event) {
        Ok(event) => event.request_context.is_some().then(|| event.into_request()),
        Err(error) => serde_json::from_str::<HttpRequest>(event).is_ok().then(|| Err(error.into())),
    }
}

/// The HTTP request in an event.
pub(crate) fn request(event: &str) -> Result<(Request<Bytes>, Format), EventError> {
    serde_json::from_str::<HttpEvent>(event)?.into_request()
}

/// REST APIs may decompress bodies, but keep the header that says that they are compressed.
fn check_compression(request: &mut Request<Bytes>, format: Format) -> Result<(), EventError> {
    if !request.headers().contains_key(CONTENT_ENCODING) {
        return Ok(());
    }
    if request.body().starts_with(GZIP_AS_TEXT.as_bytes()) {
        return Err(EventError::DamagedBody);
    }
    if format == Format::Rest && !request.body().starts_with(&GZIP) {
        request.headers_mut().remove(CONTENT_ENCODING);
    }
    Ok(())
}

impl HttpEvent {
    fn into_request(self) -> Result<(Request<Bytes>, Format), EventError> {
        let (method, target, format) = self.request_line()?;
        let mut request = Request::builder().method(method.as_str()).uri(&target);
        for (name, value) in self.headers() {
            // Invalid headers are ignored.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                request = request.header(name, value);
            }
        }
        let caller = self.caller();
        let body = self.into_body()?;
        match request.body(body) {
            Ok(mut request) => {
                check_compression(&mut request, format)?;
                if let Some(caller) = caller {
                    request.extensions_mut().insert(caller);
                }
                Ok((request, format))
            }
            Err(source) => Err(EventError::Request { method, target, source }),
        }
    }

    /// Method and target, with the format that they are in.
    fn request_line(&self) -> Result<(String, String, Format), EventError> {
        let context = self.request_context.as_ref();
        let stage = context.and_then(|context| context.stage.as_deref());
        let method_2 = context.and_then(|context| context.http.as_ref()).and_then(|http| http.method.as_ref());
        if let (Some(method), Some(path)) = (method_2, &self.raw_path) {
            let encoding = PathEncoding::from_domain(context.and_then(|context| context.domain_name.as_deref()));
            let path = encoded_path(without_stage(path, stage), encoding);
            let query = self.raw_query_string.clone().unwrap_or_default();
            return Ok((method.clone(), target(&path, &query), Format::Two));
        }
        let (Some(method), Some(path)) = (&self.http_method, &self.path) else {
            return Err(EventError::NoRequestLine);
        };
        if context.is_some_and(|context| context.elb.is_some()) {
            let is_multi_value = self.multi_value_headers.is_some();
            let format = if is_multi_value { Format::MultiValueLoadBalancer } else { Format::LoadBalancer };
            let path = encoded_path(path, PathEncoding::Encoded);
            return Ok((method.clone(), target(&path, &self.encoded_query()), format));
        }
        // Events of REST APIs have no version, and their path has no stage.
        let (path, format) = match self.version {
            Some(_) => (encoded_path(without_stage(path, stage), PathEncoding::Decoded), Format::One),
            None => (encoded_path(path, PathEncoding::Encoded), Format::Rest),
        };
        Ok((method.clone(), target(&path, &self.decoded_query()), format))
    }

    /// Whom IAM has authenticated.
    fn caller(&self) -> Option<Caller> {
        let authorizer = self.request_context.as_ref()?.authorizer.as_ref()?;
        Some(Caller(authorizer.pointer("/iam/userArn")?.as_str()?.to_owned()))
    }

    fn parameters(&self) -> Vec<(&str, &str)> {
        if let Some(parameters) = &self.multi_value_query_string_parameters {
            let each = parameters.iter().map(|(name, values)| (name, values.iter().flatten()));
            return each.flat_map(|(name, values)| values.map(|value| (name.as_str(), value.as_str()))).collect();
        }
        let each = self.query_string_parameters.iter().flatten();
        each.map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or_default())).collect()
    }

    /// The query string of events in which parameters are decoded.
    fn decoded_query(&self) -> String {
        Serializer::new(String::new()).extend_pairs(self.parameters()).finish()
    }

    /// The query string of events in which parameters are as they were sent.
    fn encoded_query(&self) -> String {
        let pairs = self.parameters().into_iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&")
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

fn target(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;

    fn parsed(event: &Json) -> (Request<Bytes>, Format) {
        request(&event.to_string()).expect("valid")
    }

    #[test]
    fn events_with_requests_are_told_from_others() {
        let is_http = |event: &str| request_if_any(event).is_some();
        assert!(is_http(r#"{"requestContext": {"http": {}}}"#));
        assert!(is_http(r#"{"requestContext": 1, "rawPath": "/"}"#));
        assert!(!is_http(r#"{"Records": [{"requestContext": {}}]}"#));
        assert!(!is_http("[]"));
    }

    #[test]
    fn function_urls() {
        let event = json!({
            "version": "2.0", "rawPath": "/cities/_doc/50%25%2Fc", "rawQueryString": "q=1&pretty",
            "headers": { "content-type": "application/json", "x-many": "a,b" },
            "requestContext": {
                "http": { "method": "POST", "path": "/ignored" }, "stage": "$default",
                "domainName": "u.lambda-url.eu-central-1.on.aws",
            },
            "body": "eyJhIjoxfQ==", "isBase64Encoded": true,
        });
        let (request, format) = parsed(&event);
        assert_eq!((request.method(), format), (&Method::POST, Format::Two));
        assert_eq!(request.uri(), "/cities/_doc/50%25%2Fc?q=1&pretty");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["x-many"], "a,b");
        assert_eq!(request.body(), "{\"a\":1}");
    }

    #[test]
    fn callers_are_those_of_iam() {
        let caller = |authorizer: Json| {
            let event = json!({
                "version": "2.0", "rawPath": "/", "requestContext": { "http": { "method": "GET" }, "authorizer": authorizer },
            });
            parsed(&event).0.extensions().get::<Caller>().cloned()
        };
        let arn = "arn:aws:sts::123456789012:assumed-role/operator/ada";
        assert_eq!(caller(json!({ "iam": { "userArn": arn } })), Some(Caller(arn.to_owned())));
        for other in [json!(null), json!("x"), json!({ "jwt": { "claims": {} } }), json!({ "iam": null })] {
            assert_eq!(caller(other), None);
        }
    }

    #[test]
    fn http_apis() {
        let two = |path: &str, domain: &str| {
            let event = json!({
                "version": "2.0", "rawPath": path, "rawQueryString": "a=%25",
                "requestContext": { "http": { "method": "GET" }, "stage": "prod", "domainName": domain },
            });
            parsed(&event).0.uri().to_string()
        };
        for domain in ["x.execute-api.eu-central-1.amazonaws.com", "search.example.com"] {
            assert_eq!(two("/prod/cities/_doc/50%25", domain), "/cities/_doc/50%2525?a=%25");
            assert_eq!(two("/prod/cities/_doc/a/b c", domain), "/cities/_doc/a%2Fb%20c?a=%25");
        }
        let one = json!({
            "version": "1.0", "httpMethod": "GET", "path": "/prod/prod/_doc/50%", "headers": {},
            "requestContext": { "stage": "prod", "path": "/prod/prod/_doc/50%" },
        });
        let (request, format) = parsed(&one);
        assert_eq!((request.uri().path(), format), ("/prod/_doc/50%25", Format::One));
    }

    #[test]
    fn rest_apis() {
        let event = json!({
            "httpMethod": "GET", "path": "/prod/_search", "headers": { "accept": "a" }, "body": null,
            "multiValueHeaders": { "accept": ["application/json", "text/plain"] },
            "queryStringParameters": { "filter_path": "hits" },
            "multiValueQueryStringParameters": { "filter_path": ["hits.total", "a&b"] },
            "requestContext": { "stage": "prod", "httpMethod": "GET", "path": "/prod/prod/_search" },
            "isBase64Encoded": false,
        });
        let (request, format) = parsed(&event);
        assert_eq!(format, Format::Rest);
        // The index has the name of the stage.
        assert_eq!(request.uri(), "/prod/_search?filter_path=hits.total&filter_path=a%26b");
        let accept: Vec<_> = request.headers().get_all("accept").iter().collect();
        assert_eq!(accept, ["application/json", "text/plain"]);
        assert!(request.body().is_empty());
    }

    #[test]
    fn compressed_bodies_of_rest_apis() {
        let with_body = |body: &str, is_base64: bool| {
            let event = json!({
                "httpMethod": "POST", "path": "/a/_search", "headers": { "content-encoding": "gzip" },
                "body": body, "isBase64Encoded": is_base64,
            });
            request(&event.to_string())
        };
        let (compressed, _) = with_body("H4sIAA==", true).expect("valid");
        assert_eq!(compressed.headers()["content-encoding"], "gzip");
        let (decompressed, _) = with_body("{}", false).expect("valid");
        assert_eq!((decompressed.headers().get("content-encoding"), &decompressed.body()[..]), (None, &b"{}"[..]));
        let damaged = with_body("\u{1f}\u{fffd}\u{8}", false).expect_err("damaged");
        insta::assert_snapshot!(damaged, @"its compressed body was converted to text on the way: set binaryMediaTypes of the REST API to [*/*], or send the body without compression");
    }

    #[test]
    fn load_balancers() {
        let elb = json!({ "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:..." } });
        let single = json!({
            "requestContext": elb, "httpMethod": "GET", "path": "/cities/_doc/a%2Fb%25",
            "queryStringParameters": { "_source": "a%2Cb", "q%20r": "1+2", "pretty": "" },
            "headers": { "accept": "application/json" }, "body": "", "isBase64Encoded": false,
        });
        let (request, format) = parsed(&single);
        assert_eq!(format, Format::LoadBalancer);
        assert_eq!(request.uri(), "/cities/_doc/a%2Fb%25?_source=a%2Cb&pretty=&q%20r=1+2");
        let multi = json!({
            "requestContext": elb, "httpMethod": "POST", "path": "/cities/_search",
            "multiValueQueryStringParameters": { "filter_path": ["hits%2Ctook", "x"] },
            "multiValueHeaders": { "accept": ["application/json", "text/plain"] },
            "body": "e30=", "isBase64Encoded": true,
        });
        let (request, format) = parsed(&multi);
        assert_eq!(format, Format::MultiValueLoadBalancer);
        assert_eq!(request.uri(), "/cities/_search?filter_path=hits%2Ctook&filter_path=x");
        assert_eq!(request.headers().get_all("accept").iter().count(), 2);
        assert_eq!(request.body(), "{}");
    }

    #[test]
    fn other_events_are_errors() {
        let error = |event: &str| format!("{:#}", anyhow::Error::from(request(event).expect_err("not a request")));
        insta::assert_snapshot!(error("{}"), @"it has neither rawPath and requestContext.http.method nor path and httpMethod");
        insta::assert_snapshot!(error("[]"), @"unexpected JSON: invalid length 0, expected struct HttpEvent with 12 elements at line 1 column 2");
        insta::assert_snapshot!(error(r#"{"rawPath": 1}"#), @"unexpected JSON: invalid type: integer `1`, expected a string at line 1 column 13");
        insta::assert_snapshot!(error(r#"{"path": "/", "httpMethod": "GET", "body": "*", "isBase64Encoded": true}"#), @"its body is not valid base64: Invalid symbol 42, offset 0.");
        insta::assert_snapshot!(error(r#"{"path": "/", "httpMethod": "G T"}"#), @"[G T /] is not a valid request: invalid HTTP method");
        insta::assert_snapshot!(error(r#"{"path": "", "httpMethod": "GET"}"#), @"[GET ] is not a valid request: empty string");
    }
}
