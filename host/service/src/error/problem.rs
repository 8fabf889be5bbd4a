//! From an error to a status and the JSON of the response.

use std::time::Duration;

use http::header::{ACCEPT_ENCODING, ALLOW, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use quidditch_engine::{Error as EngineError, ErrorKind, FailedIndex, ScriptPlace};
use quidditch_function::{Cause, FailurePhase, FunctionError, NotCalled};
use quidditch_index::IndexError;
use quidditch_storage::StorageError;
use serde_json::{Value as Json, json};

use super::api_error::ApiError;
use super::error_json::{Failure, error_json, phase_error_json};
use super::error_type::type_of;
use super::exception::Exception;
use super::refusal::Refusal;
use super::script_position::script_details;
use crate::answer::Answer;

/// Seconds after which a client may retry a request that failed because something was unavailable.
const RETRY_AFTER_SECONDS: &str = "1";

/// An error as the caller sees it.
pub(super) struct Problem {
    pub(super) status: StatusCode,
    exception: Exception,
    /// What clients are to see as the root cause, if it is not the exception.
    root_cause: Option<Exception>,
    /// The index whose search the error ended. Clients expect such an error inside of a `search_phase_execution_exception`.
    failed_phase_of: Option<String>,
    /// The errors of other indices, which ended with it.
    others: Vec<Failure>,
    /// What a `search_phase_execution_exception` says.
    summary: &'static str,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(super) fn new(error: &ApiError) -> Self {
        let reason = error.to_string();
        match error {
            ApiError::Argument(_) | ApiError::UnknownRoute { .. } => Self::argument(reason),
            ApiError::WrongMethod { allowed, .. } => {
                let exception = Exception::new("method_not_allowed_exception", reason);
                let allowed = HeaderValue::from_str(allowed).expect("names of methods are visible ASCII");
                Problem { header: Some((ALLOW, allowed)), ..Self::with(StatusCode::METHOD_NOT_ALLOWED, exception) }
            }
            ApiError::MediaType(_) => {
                Self::with(StatusCode::NOT_ACCEPTABLE, Exception::new("media_type_header_exception", reason))
            }
            ApiError::ContentEncoding(_) => {
                let exception = Exception::new("content_encoding_exception", reason);
                Self::with(StatusCode::UNSUPPORTED_MEDIA_TYPE, exception).header(ACCEPT_ENCODING, "gzip")
            }
            ApiError::BodyTooLarge { .. } => Self::too_large(reason),
            ApiError::Mistake { kind, .. } => Self::with(StatusCode::BAD_REQUEST, Exception::new(kind, reason)),
            ApiError::Missing(_) | ApiError::UnknownFunction(_) => {
                Self::with(StatusCode::NOT_FOUND, Exception::new("resource_not_found_exception", reason))
            }
            ApiError::ReadOnly { .. } => {
                Self::with(StatusCode::FORBIDDEN, Exception::new("cluster_block_exception", reason))
            }
            ApiError::Refused(refusal) => {
                let root_cause = refusal.caused_by.as_deref().filter(|_| refusal.cause_is_root);
                let root_cause = root_cause.map(Exception::from_refusal);
                let problem = Problem { root_cause, ..Self::with(refusal.status(), Exception::from_refusal(refusal)) };
                let is_temporary =
                    matches!(problem.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
                if is_temporary { problem.retry_later() } else { problem }
            }
            ApiError::Script(error) => Self::from_function(error),
            ApiError::Search { index, error } => Self::from_search(index, error),
            ApiError::Document { index, error } => Problem { failed_phase_of: None, ..Self::from_search(index, error) },
            ApiError::Indices { summary, failures } => Self::from_indices(summary, failures),
            ApiError::NoContext { index } => {
                let exception = Exception::new("search_context_missing_exception", reason);
                Self::with(StatusCode::NOT_FOUND, exception).in_phase(index)
            }
            ApiError::Index(error) => Self::from_index(error),
            ApiError::TimedOut(_) => {
                let exception = Exception::new("timeout_exception", reason);
                Self::with(StatusCode::SERVICE_UNAVAILABLE, exception).header(RETRY_AFTER, RETRY_AFTER_SECONDS)
            }
            ApiError::Catalog(error) => Self::unavailable(error.to_string()),
            ApiError::Panic(_) => Self::internal(),
        }
    }

    fn from_indices(summary: &'static str, failures: &[FailedIndex]) -> Self {
        let mut problems = failures.iter().map(Self::from_failed_index);
        let mut first = problems.next().unwrap_or_else(Self::internal);
        for problem in problems {
            first.status = first.status.max(problem.status);
            first.header = first.header.or(problem.header);
            let index = problem.failed_phase_of.unwrap_or_default();
            first.others.push(Failure { index, exception: problem.exception });
        }
        Problem { summary, ..first }
    }

    /// The error of one of several indices.
    pub(super) fn from_failed_index(failed: &FailedIndex) -> Self {
        let FailedIndex { index, error } = failed;
        match error {
            // While an index is searched, such a value is a mistake for this index.
            EngineError::Argument(reason) => Self::argument(reason).in_phase(index),
            error => Self::from_search(index, error),
        }
    }

    /// As an entry of `failures`, or of `failed_shards`.
    pub(super) fn failure(self) -> Json {
        Failure { index: self.failed_phase_of.unwrap_or_default(), exception: self.exception }.to_json()
    }

    pub(super) fn from_search(index: &str, error: &EngineError) -> Self {
        match error {
            EngineError::Parsing { kind, cause, reason, position } => {
                let mistake = |kind: ErrorKind| {
                    let exception = Exception::new(type_of(kind), reason);
                    match position {
                        Some(position) => exception.detail("line", position.line).detail("col", position.column),
                        None => exception,
                    }
                };
                let exception = match cause {
                    Some(cause) => mistake(*kind).caused_by(mistake(*cause)),
                    None => mistake(*kind),
                };
                let root_cause = cause.filter(|cause| cause.is_root_cause()).map(mistake);
                Problem { root_cause, ..Self::with(StatusCode::BAD_REQUEST, exception) }
            }
            EngineError::Argument(reason) => Self::argument(reason),
            EngineError::Shard { kind, reason } => {
                Self::with(StatusCode::BAD_REQUEST, Exception::new(type_of(*kind), reason)).in_phase(index)
            }
            EngineError::Query(_) => {
                let exception = Exception::new("query_shard_exception", error.to_string()).detail("index", index);
                Self::with(StatusCode::BAD_REQUEST, exception).in_phase(index)
            }
            EngineError::UnknownScript { place: ScriptPlace::Query, reason } => {
                let unknown = || Exception::new("resource_not_found_exception", reason);
                let reason = format!("failed to create query: {reason}");
                let exception =
                    Exception::new("query_shard_exception", reason).detail("index", index).caused_by(unknown());
                let problem = Self::with(StatusCode::BAD_REQUEST, exception).in_phase(index);
                Problem { root_cause: Some(unknown()), ..problem }
            }
            EngineError::UnknownScript { place: ScriptPlace::Elsewhere, reason } => {
                let exception = Exception::new("resource_not_found_exception", reason);
                Self::with(StatusCode::NOT_FOUND, exception).in_phase(index)
            }
            EngineError::MissingDocument { .. } => {
                Self::with(StatusCode::NOT_FOUND, Exception::new("resource_not_found_exception", error.to_string()))
            }
            EngineError::TooManyBuckets { max, .. } => {
                let exception =
                    Exception::new("too_many_buckets_exception", error.to_string()).detail("max_buckets", *max);
                Self::with(StatusCode::BAD_REQUEST, exception).in_phase(index)
            }
            EngineError::AggregationMemory { max_bytes, wanted_bytes } => {
                let exception = Exception::new("circuit_breaking_exception", error.to_string())
                    .detail("bytes_wanted", *wanted_bytes)
                    .detail("bytes_limit", *max_bytes)
                    .detail("durability", "PERMANENT");
                Self::with(StatusCode::TOO_MANY_REQUESTS, exception).in_phase(index)
            }
            EngineError::Function(error) => Self::from_function(error).in_phase(index),
            EngineError::TimedOut(_) => {
                let exception = Exception::new("query_phase_execution_exception", error.to_string());
                Self::with(StatusCode::SERVICE_UNAVAILABLE, exception).in_phase(index).retry_later()
            }
            EngineError::HitsTooLarge { .. } => Self::too_large(error.to_string()),
            EngineError::OutOfMemory { .. } => Self::argument(error.to_string()),
            EngineError::Index(error) => Self::from_index(error),
            EngineError::Search(_) => Self::internal(),
        }
    }

    pub(super) fn from_function(error: &FunctionError) -> Self {
        let reason = match error.phase {
            FailurePhase::Load | FailurePhase::Bind => "compile error",
            FailurePhase::Run => "runtime error",
        };
        let mut exception = Exception::new("script_exception", reason);
        if let Cause::Trapped { frames, .. } = &error.cause {
            exception = exception.detail("script_stack", frames.as_slice());
        }
        let exception = match &error.cause {
            Cause::Script(failure) => script_details(exception, failure),
            _ => exception.detail("script", error.function.to_string()).detail("lang", "wasm"),
        };
        let exception = exception.caused_by(Exception::from_cause(&error.cause));
        match error.cause {
            Cause::Unavailable(_) => Self::with(StatusCode::SERVICE_UNAVAILABLE, exception).retry_later(),
            Cause::NotCalled(ref reason) => Self::with(status_of(reason), exception).retry_after(reason.retry_after()),
            _ => Self::with(StatusCode::BAD_REQUEST, exception),
        }
    }

    /// As a part of another failure.
    pub(super) fn into_refusal(self) -> Refusal {
        self.exception.into_refusal(self.status)
    }

    fn from_index(error: &IndexError) -> Self {
        let reason = error.to_string();
        match error {
            IndexError::NotFound { name } => Self::no_such_index(name, reason),
            // Names that begin with an underscore are easily a mistake in the path.
            IndexError::InvalidName { name, .. } if name.starts_with('_') => {
                let exception = Exception::new("invalid_index_name_exception", reason).detail("index", name.as_str());
                Self::with(StatusCode::BAD_REQUEST, exception)
            }
            // A name that no index can have names no index.
            IndexError::InvalidName { name, reason } => {
                Self::no_such_index(name, format!("no such index [{name}]: {reason}"))
            }
            IndexError::InvalidMapping { .. } => {
                Self::with(StatusCode::BAD_REQUEST, Exception::new("mapper_parsing_exception", reason))
            }
            IndexError::Storage(StorageError::Unavailable { .. } | StorageError::Failed { .. }) => {
                Self::unavailable("the storage of the index is unavailable")
            }
            IndexError::TooLarge { .. } => Self::argument(reason),
            IndexError::Changed { .. } => Self::unavailable(reason),
            IndexError::Storage(_) | IndexError::Damaged { .. } | IndexError::Search(_) => Self::internal(),
        }
    }

    fn no_such_index(name: &str, reason: String) -> Self {
        let exception = Exception::new("index_not_found_exception", reason)
            .detail("resource.type", "index_or_alias")
            .detail("resource.id", name)
            .detail("index", name);
        Self::with(StatusCode::NOT_FOUND, exception)
    }

    fn with(status: StatusCode, exception: Exception) -> Self {
        Problem {
            status,
            exception,
            root_cause: None,
            failed_phase_of: None,
            others: Vec::new(),
            summary: "all shards failed",
            header: None,
        }
    }

    fn argument(reason: impl Into<String>) -> Self {
        Self::with(StatusCode::BAD_REQUEST, Exception::new("illegal_argument_exception", reason))
    }

    fn too_large(reason: impl Into<String>) -> Self {
        Self::with(StatusCode::PAYLOAD_TOO_LARGE, Exception::new("content_too_large_exception", reason))
    }

    fn unavailable(reason: impl Into<String>) -> Self {
        let exception = Exception::new("service_unavailable_exception", reason);
        Self::with(StatusCode::SERVICE_UNAVAILABLE, exception).retry_later()
    }

    fn internal() -> Self {
        let reason = "internal error; see the server log";
        Self::with(StatusCode::INTERNAL_SERVER_ERROR, Exception::new("internal_server_error", reason))
    }

    fn in_phase(self, index: &str) -> Self {
        Problem { failed_phase_of: Some(index.to_owned()), ..self }
    }

    /// Tells when to retry, if that is known.
    fn retry_after(self, time: Option<Duration>) -> Self {
        let Some(time) = time else { return self };
        let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
        Problem { header: Some((RETRY_AFTER, HeaderValue::from(seconds))), ..self }
    }

    fn retry_later(self) -> Self {
        self.header(RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    fn header(self, name: HeaderName, value: &'static str) -> Self {
        Problem { header: Some((name, HeaderValue::from_static(value))), ..self }
    }

    pub(super) fn into_answer(self) -> Answer {
        let error_type = self.root_cause.as_ref().unwrap_or(&self.exception).kind();
        let mut json = match self.failed_phase_of {
            None => error_json(self.status, &self.exception),
            Some(index) => {
                let mut failures = vec![Failure { index, exception: self.exception }];
                failures.extend(self.others);
                phase_error_json(self.status, self.summary, &failures)
            }
        };
        if let Some(root_cause) = &self.root_cause {
            json["error"]["root_cause"] = json!([root_cause.without_cause()]);
        }
        let mut answer = Answer::json_with(self.status, &json);
        answer.headers = HeaderMap::from_iter(self.header);
        answer.error_type = Some(error_type);
        answer
    }
}

fn status_of(reason: &NotCalled) -> StatusCode {
    match reason {
        NotCalled::Disabled | NotCalled::DisabledInStore(_) | NotCalled::CircuitOpen { .. } => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        NotCalled::TooManyInstances { .. } | NotCalled::TooManyCalls { .. } => StatusCode::TOO_MANY_REQUESTS,
    }
}

#[cfg(test)]
mod tests {
    use quidditch_index::Damage;
    use std::io;

    use quidditch_function::FunctionId;

    use super::*;
    use crate::answer::Content;
    use crate::pretty::pretty;

    fn shown(error: ApiError) -> String {
        let answer = error.into_answer();
        let Content::Json(json) = answer.content else { return "not JSON".to_owned() };
        let headers: String = answer
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\n", value.to_str().expect("ASCII")))
            .collect();
        format!("{}\n{headers}{}", answer.status, pretty(&json))
    }

    fn function(phase: FailurePhase, cause: Cause) -> String {
        let error = FunctionError { function: FunctionId::new("f", "1.0.0"), phase, cause };
        shown(ApiError::Search { index: "cities".to_owned(), error: Box::new(EngineError::Function(error)) })
    }

    #[test]
    fn failures_of_functions_look_like_those_of_scripts() {
        let trap = Cause::Trapped { message: "no way".to_owned(), frames: vec!["a".to_owned(), "b".to_owned()] };
        insta::assert_snapshot!(function(FailurePhase::Run, trap), @r#"
        400 Bad Request
        {
          "error": {
            "root_cause": [
              {
                "type": "script_exception",
                "reason": "runtime error",
                "script_stack": [
                  "a",
                  "b"
                ],
                "script": "f@1.0.0",
                "lang": "wasm"
              }
            ],
            "type": "search_phase_execution_exception",
            "reason": "all shards failed",
            "phase": "query",
            "grouped": true,
            "failed_shards": [
              {
                "shard": 0,
                "index": "cities",
                "reason": {
                  "type": "script_exception",
                  "reason": "runtime error",
                  "script_stack": [
                    "a",
                    "b"
                  ],
                  "script": "f@1.0.0",
                  "lang": "wasm",
                  "caused_by": {
                    "type": "function_trapped_exception",
                    "reason": "the function trapped: no way"
                  }
                }
              }
            ]
          },
          "status": 400
        }
        "#);
        let refused = Cause::InvalidArgument("parameter [field] is required".to_owned());
        insta::assert_snapshot!(function(FailurePhase::Bind, refused), @r#"
        400 Bad Request
        {
          "error": {
            "root_cause": [
              {
                "type": "script_exception",
                "reason": "compile error",
                "script": "f@1.0.0",
                "lang": "wasm"
              }
            ],
            "type": "search_phase_execution_exception",
            "reason": "all shards failed",
            "phase": "query",
            "grouped": true,
            "failed_shards": [
              {
                "shard": 0,
                "index": "cities",
                "reason": {
                  "type": "script_exception",
                  "reason": "compile error",
                  "script": "f@1.0.0",
                  "lang": "wasm",
                  "caused_by": {
                    "type": "illegal_argument_exception",
                    "reason": "parameter [field] is required"
                  }
                }
              }
            ]
          },
          "status": 400
        }
        "#);
    }

    #[test]
    fn temporary_failures_tell_when_to_retry() {
        let source = Box::new(io::Error::other("connection to 10.0.0.1 refused"));
        let storage = StorageError::Unavailable { key: "cities/manifest.json".to_owned(), source };
        insta::assert_snapshot!(shown(ApiError::Index(storage.into())), @r#"
        503 Service Unavailable
        retry-after: 1
        {
          "error": {
            "root_cause": [
              {
                "type": "service_unavailable_exception",
                "reason": "the storage of the index is unavailable"
              }
            ],
            "type": "service_unavailable_exception",
            "reason": "the storage of the index is unavailable"
          },
          "status": 503
        }
        "#);
        let unavailable = function(FailurePhase::Load, Cause::unavailable("secret"));
        assert!(unavailable.starts_with("503 Service Unavailable\nretry-after: 1\n"), "{unavailable}");
    }

    #[test]
    fn internal_errors_reveal_nothing() {
        let damaged = IndexError::damaged("secret", Damage::corrupt("secret"));
        let search = EngineError::Index(damaged);
        insta::assert_snapshot!(shown(ApiError::Search { index: "cities".to_owned(), error: Box::new(search) }), @r#"
        500 Internal Server Error
        {
          "error": {
            "root_cause": [
              {
                "type": "internal_server_error",
                "reason": "internal error; see the server log"
              }
            ],
            "type": "internal_server_error",
            "reason": "internal error; see the server log"
          },
          "status": 500
        }
        "#);
        assert!(!shown(ApiError::Panic("secret".to_owned())).contains("secret"));
    }
}
