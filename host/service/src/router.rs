//! Finds the endpoint for a method and a path.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::error::ApiError;

/// An endpoint of the API, with the names in its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Root,
    Health,
    CatIndices,
    Functions,
    Function { name: String },
    Index { index: String },
    Mapping { index: String },
    Search { index: String },
    Count { index: String },
    Document { index: String, id: String },
}

/// The routes. Segments are decoded; no index name starts with an underscore.
fn endpoint(segments: &[String]) -> Option<Endpoint> {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let owned = |text: &str| text.to_owned();
    Some(match segments[..] {
        [] => Endpoint::Root,
        ["_health"] => Endpoint::Health,
        ["_cat", "indices"] => Endpoint::CatIndices,
        ["_udf"] => Endpoint::Functions,
        ["_udf", name] => Endpoint::Function { name: owned(name) },
        [name, ..] if name.is_empty() || name.starts_with('_') => return None,
        [index] => Endpoint::Index { index: owned(index) },
        [index, "_mapping"] => Endpoint::Mapping { index: owned(index) },
        [index, "_search"] => Endpoint::Search { index: owned(index) },
        [index, "_count"] => Endpoint::Count { index: owned(index) },
        [index, "_doc", id] if !id.is_empty() => Endpoint::Document { index: owned(index), id: owned(id) },
        _ => return None,
    })
}

impl Endpoint {
    /// The methods that it supports, as an `Allow` header. `HEAD` is `GET` without the body.
    fn allowed(&self) -> &'static str {
        match self {
            Endpoint::Search { .. } | Endpoint::Count { .. } => "GET, HEAD, POST",
            _ => "GET, HEAD",
        }
    }
}

/// Finds the endpoint of a request.
///
/// # Errors
/// An unknown path, a method that the endpoint does not support, or a segment that is not UTF-8.
pub(crate) fn route(method: &Method, path: &str) -> Result<Endpoint, ApiError> {
    let unknown = || ApiError::UnknownRoute { path: path.to_owned(), method: method.clone() };
    let endpoint = endpoint(&segments(path).ok_or_else(unknown)?).ok_or_else(unknown)?;
    let allowed = endpoint.allowed();
    if !allowed.split(", ").any(|name| name == method.as_str()) {
        return Err(ApiError::WrongMethod { path: path.to_owned(), method: method.clone(), allowed });
    }
    Ok(endpoint)
}

/// The segments of a path. They are decoded after splitting, so `%2F` is part of a name. A trailing slash is ignored.
fn segments(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.is_empty() {
        return Some(Vec::new());
    }
    path.split('/').map(|segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> String {
        match route(&Method::GET, path) {
            Ok(endpoint) => format!("{endpoint:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn known_paths_have_endpoints() {
        assert_eq!(get("/"), "Root");
        assert_eq!(get("/_health"), "Health");
        assert_eq!(get("/_cat/indices/"), "CatIndices");
        assert_eq!(get("/_udf"), "Functions");
        assert_eq!(get("/_udf/f"), r#"Function { name: "f" }"#);
        assert_eq!(get("/cities"), r#"Index { index: "cities" }"#);
        assert_eq!(get("/cities/_mapping"), r#"Mapping { index: "cities" }"#);
        assert_eq!(get("/cities/_search"), r#"Search { index: "cities" }"#);
        assert_eq!(get("/cities/_count"), r#"Count { index: "cities" }"#);
        assert_eq!(get("/cities/_doc/a%2Fb%20%C3%A4"), r#"Document { index: "cities", id: "a/b ä" }"#);
    }

    #[test]
    fn unknown_paths_are_errors() {
        for path in ["/_nope", "/_search", "/a/b", "/a//_search", "///", "/a/_doc", "/a/_doc/", "/a/_doc/1/2", "/%ff"] {
            assert_eq!(get(path), format!("no handler found for uri [{path}] and method [GET]"));
        }
    }

    #[test]
    fn unsupported_methods_are_errors() {
        assert!(route(&Method::POST, "/a/_search").is_ok());
        assert!(route(&Method::HEAD, "/a").is_ok());
        insta::assert_snapshot!(
            route(&Method::DELETE, "/a").expect_err("refused"),
            @"incorrect HTTP method for uri [/a] and method [DELETE], allowed: [GET, HEAD]"
        );
    }
}
