//! Why a request fails.
//!
//! This is the one place where an error becomes a response. The caller is told what the caller can fix. Faults on this side
//! become a 503 or a 500 without details; the log has those, with all causes.

mod api_error;
mod error_json;
mod error_type;
mod exception;
mod problem;
mod refusal;
mod script_position;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use quidditch_engine::{Error as EngineError, FailedIndex};
use quidditch_function::{FunctionError, error_chain};
use serde_json::Value as Json;

pub use self::api_error::ApiError;
pub(crate) use self::api_error::is_missing_index;
use self::exception::Exception;
use self::problem::Problem;
pub use self::refusal::Refusal;
use crate::answer::{Answer, Content};

impl Refusal {
    /// The failure of a function, which may be the cause of another one.
    pub fn from_function(error: &FunctionError) -> Self {
        Problem::from_function(error).into_refusal()
    }

    /// What is wrong with a query for an index, which may be the cause of another failure.
    pub fn of_query(index: &str, error: &EngineError) -> Self {
        Problem::from_search(index, error).into_refusal()
    }
}

impl ApiError {
    /// Whether the caller can do something about it.
    pub(crate) fn is_mistake(&self) -> bool {
        Problem::new(self).status.is_client_error()
    }

    /// The body of the response to the caller, for a part of a response. Server errors are logged as in
    /// `ApiError::into_answer`.
    pub fn into_json(self) -> Json {
        match self.into_answer().content {
            Content::Json(text) => serde_json::from_str(&text).expect("an answer is JSON"),
            Content::Text(text) => Json::String(text),
        }
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

/// What a response says about an index that could not be searched, while others could.
pub(crate) fn failure_json(failed: &FailedIndex) -> Json {
    Problem::from_failed_index(failed).failure()
}

/// An error response of the API, for hosts that fail before they can call [`Service::handle`](crate::Service::handle). `kind`
/// is the error's type, such as `illegal_argument_exception`.
pub fn error_response(status: StatusCode, kind: &'static str, reason: &str) -> Response<Bytes> {
    let json = error_json::error_json(status, &Exception::new(kind, reason)).to_string();
    let mut response = Response::new(Bytes::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
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
