//! Media types that requests may send and accept.

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};

use crate::error::ApiError;

/// The media type of a JSON response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum MediaType {
    /// `application/json`.
    #[default]
    Json,
    /// `application/vnd.elasticsearch+json; compatible-with=N`: clients that send it require it in responses.
    Vendor { version: u32 },
}

/// Supported types of request bodies.
const READABLE: [&str; 4] = [
    "application/json",
    "application/x-ndjson",
    "application/vnd.elasticsearch+json",
    "application/vnd.elasticsearch+x-ndjson",
];

/// Supported types of a body with a component.
const COMPONENT: [&str; 2] = ["application/wasm", "application/octet-stream"];

/// `Accept` headers that a response can satisfy.
const WRITABLE: [&str; 6] =
    ["*/*", "application/*", "application/json", "application/vnd.elasticsearch+json", "text/plain", "text/*"];

impl MediaType {
    /// As a `Content-Type` header.
    pub(crate) fn header(self) -> String {
        match self {
            MediaType::Json => "application/json".to_owned(),
            MediaType::Vendor { version } => {
                format!("application/vnd.elasticsearch+json;compatible-with={version}")
            }
        }
    }

    /// The type that a response must have: that of `Accept`, otherwise that of the request body.
    pub(crate) fn for_response(headers: &HeaderMap) -> Self {
        let vendor = |name| values(headers, name).find_map(vendor_version);
        let has_accept = values(headers, ACCEPT).next().is_some();
        let version = vendor(ACCEPT).or_else(|| if has_accept { None } else { vendor(CONTENT_TYPE) });
        version.map_or(MediaType::Json, |version| MediaType::Vendor { version })
    }
}

/// Rejects an `Accept` header that no response can satisfy.
pub(crate) fn check_accept(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut accepted = values(headers, ACCEPT).peekable();
    if accepted.peek().is_none() || accepted.any(|value| WRITABLE.contains(&essence(value).as_str())) {
        return Ok(());
    }
    let accepted: Vec<&str> = values(headers, ACCEPT).collect();
    Err(ApiError::MediaType(format!(
        "Accept header [{}] is not supported; responses are [application/json]",
        accepted.join(", ")
    )))
}

/// Rejects a body that is not JSON. A body without a `Content-Type` is taken to be JSON.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let charset = parameter(&text, "charset");
    let is_utf8 = charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"));
    if READABLE.contains(&essence(&text).as_str()) && is_utf8 {
        return Ok(());
    }
    Err(ApiError::MediaType(format!(
        "Content-Type header [{text}] is not supported; send UTF-8 JSON as [application/json]"
    )))
}

/// Rejects a body that is not a component. A body without a `Content-Type` is taken to be one.
pub(crate) fn check_component_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let text = String::from_utf8_lossy(value.as_bytes());
    if COMPONENT.contains(&essence(&text).as_str()) {
        return Ok(());
    }
    Err(ApiError::MediaType(format!(
        "Content-Type header [{text}] is not supported; send a component as [application/wasm]"
    )))
}

/// The media types in a header that may list several.
fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|value| !value.is_empty())
}

/// A media type without its parameters.
fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

fn vendor_version(value: &str) -> Option<u32> {
    if !essence(value).starts_with("application/vnd.elasticsearch+") {
        return None;
    }
    parameter(value, "compatible-with")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn bodies_must_be_utf8_json() {
        let check = |value| check_content_type(&headers(&[(CONTENT_TYPE, value)]));
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/x-ndjson",
            "application/vnd.elasticsearch+json; compatible-with=8",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        assert!(check_content_type(&HeaderMap::new()).is_ok());
        for bad in ["application/x-www-form-urlencoded", "text/plain", "application/json; charset=latin1", ""] {
            assert!(check(bad).is_err(), "{bad}");
        }
        insta::assert_snapshot!(
            check("text/plain").expect_err("refused"),
            @"Content-Type header [text/plain] is not supported; send UTF-8 JSON as [application/json]"
        );
    }

    #[test]
    fn components_have_types_of_their_own() {
        let check = |value| check_component_type(&headers(&[(CONTENT_TYPE, value)]));
        assert!(check("application/wasm").is_ok() && check("application/octet-stream").is_ok());
        assert!(check_component_type(&HeaderMap::new()).is_ok());
        insta::assert_snapshot!(
            check("application/json").expect_err("refused"),
            @"Content-Type header [application/json] is not supported; send a component as [application/wasm]"
        );
    }

    #[test]
    fn responses_have_the_accepted_type() {
        const VENDOR: &str = "application/vnd.elasticsearch+json; compatible-with=8";
        let vendor = MediaType::Vendor { version: 8 };
        assert_eq!(MediaType::for_response(&headers(&[])), MediaType::Json);
        assert_eq!(MediaType::for_response(&headers(&[(ACCEPT, VENDOR)])), vendor);
        assert_eq!(MediaType::for_response(&headers(&[(CONTENT_TYPE, VENDOR)])), vendor);
        assert_eq!(MediaType::for_response(&headers(&[(CONTENT_TYPE, VENDOR), (ACCEPT, "*/*")])), MediaType::Json);
        assert_eq!(vendor.header(), "application/vnd.elasticsearch+json;compatible-with=8");
    }

    #[test]
    fn unsupported_accept_headers_are_errors() {
        let check = |value| check_accept(&headers(&[(ACCEPT, value)]));
        assert!(check_accept(&HeaderMap::new()).is_ok());
        assert!(check("text/html, */*;q=0.8").is_ok());
        insta::assert_snapshot!(
            check("image/png,text/html").expect_err("refused"),
            @"Accept header [image/png, text/html] is not supported; responses are [application/json]"
        );
    }
}
