//! Why a request fails.
//!
//! This is the one place where an error becomes a response. The caller is told what the caller can fix. Faults on this side
//! become a 503 or a 500 without details; the log has those, with all causes.

mod exception;
mod problem;

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response, StatusCode};
use quidditch_engine::Error as EngineError;
use quidditch_function::CatalogError;
use quidditch_index::IndexError;

use self::exception::Exception;
use self::problem::Problem;
use crate::answer::Answer;

/// Why a request fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("no handler found for uri [{path}] and method [{method}]")]
    UnknownRoute { path: String, method: Method },
    #[error("incorrect HTTP method for uri [{path}] and method [{method}], allowed: [{allowed}]")]
    WrongMethod { path: String, method: Method, allowed: &'static str },
    #[error("{0}")]
    Argument(String),
    #[error("{0}")]
    MediaType(String),
    #[error("Content-Encoding header [{0}] is not supported; use [gzip] or no encoding")]
    ContentEncoding(String),
    #[error("the request body exceeds the limit of {limit} bytes")]
    BodyTooLarge { limit: usize },
    #[error("no such function [{0}]")]
    UnknownFunction(String),
    #[error("the search of index [{index}] failed")]
    Search {
        index: String,
        #[source]
        error: Box<EngineError>,
    },
    #[error("cannot open the index")]
    Index(#[from] IndexError),
    #[error("storage did not respond within [timeout] {0:?}; retry or raise the timeout")]
    TimedOut(Duration),
    #[error("cannot list the functions")]
    Catalog(#[from] CatalogError),
    #[error("the request panicked: {0}")]
    Panic(String),
}

impl ApiError {
    /// An error of the engine for a request to this index.
    pub(crate) fn search(index: &str, error: EngineError) -> Self {
        ApiError::Search { index: index.to_owned(), error: Box::new(error) }
    }

    /// The response to the caller. Server errors are logged with their causes.
    pub(crate) fn into_answer(self) -> Answer {
        let problem = Problem::new(&self);
        if problem.status.is_server_error() {
            tracing::error!(status = problem.status.as_u16(), error = error_chain(&self), "request failed");
        }
        problem.into_answer()
    }
}

/// Whether no index has the requested name: there is none, or none can have it. Lists and patterns of names are not supported,
/// which is an error of its own.
pub(crate) fn is_missing_index(error: &IndexError) -> bool {
    match error {
        IndexError::NotFound { .. } => true,
        IndexError::InvalidName { name, .. } => !name.contains([',', '*']),
        _ => false,
    }
}

/// An error response of the API, for hosts that fail before they can call [`Service::handle`](crate::Service::handle). `kind`
/// is the error's type, such as `illegal_argument_exception`.
pub fn error_response(status: StatusCode, kind: &'static str, reason: &str) -> Response<Bytes> {
    let json = problem::error_json(status, &Exception::new(kind, reason), None).to_string();
    let mut response = Response::new(Bytes::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An error's text followed by its causes, separated by colons. For logs.
pub fn error_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use quidditch_storage::StorageError;

    use super::*;

    #[test]
    fn the_log_has_every_cause() {
        let source = Box::new(io::Error::other("refused"));
        let storage = StorageError::Unavailable { key: "a/manifest.json".to_owned(), source };
        insta::assert_snapshot!(
            error_chain(&ApiError::Index(storage.into())),
            @r#"cannot open the index: the store of the index failed: storage unavailable (a/manifest.json): refused"#
        );
    }

    #[test]
    fn hosts_answer_errors_as_the_service_does() {
        let from_host = error_response(StatusCode::BAD_REQUEST, "illegal_argument_exception", "no body");
        let from_service = ApiError::Argument("no body".to_owned()).into_answer();
        assert_eq!(from_host.status(), from_service.status);
        let json = String::from_utf8(from_host.body().to_vec()).expect("UTF-8");
        assert!(matches!(from_service.content, crate::answer::Content::Json(expected) if expected == json));
    }
}
