//! How requests fail. The one place where an error becomes a status and JSON.
//!
//! The caller learns what the caller can mend. What goes wrong on this side is a 503 or a 500 that says no more than that, and
//! goes to the log with its causes.

use std::error::Error;
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, ALLOW, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use quidditch_engine::Error as EngineError;
use quidditch_function::{CatalogError, Cause, FailurePhase, FunctionError};
use quidditch_index::IndexError;
use quidditch_storage::StorageError;
use serde_json::{Map, Value as Json, json};

use crate::answer::Answer;

/// Seconds after which a request that failed for want of a resource may be sent again.
const RETRY_AFTER_SECONDS: &str = "1";

/// Why a request has no answer.
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
    #[error("Content-Encoding header [{0}] is not supported, send [gzip] or none")]
    ContentEncoding(String),
    #[error("the body is larger than the limit of {limit} bytes")]
    BodyTooLarge { limit: usize },
    #[error("no such function [{0}]")]
    UnknownFunction(String),
    #[error("the search of index [{index}] failed")]
    Search {
        index: String,
        #[source]
        error: Box<EngineError>,
    },
    #[error("the index could not be opened")]
    Index(#[from] IndexError),
    #[error("the store did not answer within the [timeout] of {0:?}, try again or give the request more time")]
    TimedOut(Duration),
    #[error("the catalog failed")]
    Catalog(#[from] CatalogError),
    #[error("the request panicked: {0}")]
    Panic(String),
}

/// An error as the caller sees it.
struct Problem {
    status: StatusCode,
    exception: Exception,
    /// The index whose search it ended. Clients expect such errors inside of another.
    phase_of: Option<String>,
    header: Option<(HeaderName, HeaderValue)>,
}

/// A type, a reason, and what else there is to know.
struct Exception {
    kind: &'static str,
    reason: String,
    details: Map<String, Json>,
    caused_by: Option<Box<Exception>>,
}

impl ApiError {
    /// What the engine says of a request to this index.
    pub(crate) fn search(index: &str, error: EngineError) -> Self {
        ApiError::Search { index: index.to_owned(), error: Box::new(error) }
    }

    /// The answer that says what went wrong. Logs what the caller is not told.
    pub(crate) fn into_answer(self) -> Answer {
        let problem = Problem::of(&self);
        if problem.status.is_server_error() {
            tracing::error!(status = problem.status.as_u16(), error = chain(&self), "request failed");
        }
        problem.into_answer()
    }
}

impl Problem {
    fn of(error: &ApiError) -> Self {
        let reason = error.to_string();
        match error {
            ApiError::Argument(_) | ApiError::UnknownRoute { .. } => Self::argument(reason),
            ApiError::WrongMethod { allowed, .. } => {
                let exception = Exception::new("method_not_allowed_exception", reason);
                Self::new(StatusCode::METHOD_NOT_ALLOWED, exception).header(ALLOW, allowed)
            }
            ApiError::MediaType(_) => {
                Self::new(StatusCode::NOT_ACCEPTABLE, Exception::new("media_type_header_exception", reason))
            }
            ApiError::ContentEncoding(_) => {
                let exception = Exception::new("content_encoding_exception", reason);
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, exception).header(ACCEPT_ENCODING, "gzip")
            }
            ApiError::BodyTooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, Exception::new("content_too_large_exception", reason))
            }
            ApiError::UnknownFunction(_) => {
                Self::new(StatusCode::NOT_FOUND, Exception::new("resource_not_found_exception", reason))
            }
            ApiError::Search { index, error } => Self::of_search(index, error),
            ApiError::Index(error) => Self::of_index(error),
            ApiError::TimedOut(_) => {
                let exception = Exception::new("timeout_exception", reason);
                Self::new(StatusCode::SERVICE_UNAVAILABLE, exception).header(RETRY_AFTER, RETRY_AFTER_SECONDS)
            }
            ApiError::Catalog(error) => Self::unavailable(error.to_string()),
            ApiError::Panic(_) => Self::internal(),
        }
    }

    fn of_search(index: &str, error: &EngineError) -> Self {
        match error {
            EngineError::Parsing { reason, position } => {
                let mut exception = Exception::new("parsing_exception", reason);
                if let Some(position) = position {
                    exception = exception.detail("line", position.line).detail("col", position.column);
                }
                Self::new(StatusCode::BAD_REQUEST, exception)
            }
            EngineError::Argument(reason) => Self::argument(reason),
            EngineError::Query(_) => {
                let exception = Exception::new("query_shard_exception", error.to_string()).detail("index", index);
                Self::new(StatusCode::BAD_REQUEST, exception).in_phase(index)
            }
            EngineError::Function(error) => Self::of_function(error).in_phase(index),
            EngineError::Index(error) => Self::of_index(error),
            EngineError::Search(_) => Self::internal(),
        }
    }

    fn of_function(error: &FunctionError) -> Self {
        let reason = match error.phase {
            FailurePhase::Load | FailurePhase::Bind => "compile error",
            FailurePhase::Run => "runtime error",
        };
        let mut exception = Exception::new("script_exception", reason);
        if let Cause::Trapped { frames, .. } = &error.cause {
            exception = exception.detail("script_stack", frames.as_slice());
        }
        exception = exception.detail("script", error.function.to_string()).detail("lang", "wasm");
        exception.caused_by = Some(Box::new(Exception::of_cause(&error.cause)));
        match error.cause {
            Cause::Unavailable(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, exception).retry_later(),
            _ => Self::new(StatusCode::BAD_REQUEST, exception),
        }
    }

    fn of_index(error: &IndexError) -> Self {
        let reason = error.to_string();
        match error {
            IndexError::NotFound { name } => {
                let exception = Exception::new("index_not_found_exception", reason)
                    .detail("resource.type", "index_or_alias")
                    .detail("resource.id", name.as_str())
                    .detail("index", name.as_str());
                Self::new(StatusCode::NOT_FOUND, exception)
            }
            IndexError::InvalidName { name, .. } => {
                let exception = Exception::new("invalid_index_name_exception", reason).detail("index", name.as_str());
                Self::new(StatusCode::BAD_REQUEST, exception)
            }
            IndexError::AlreadyExists { name } => {
                let exception =
                    Exception::new("resource_already_exists_exception", reason).detail("index", name.as_str());
                Self::new(StatusCode::BAD_REQUEST, exception)
            }
            IndexError::InvalidMapping { .. } => {
                Self::new(StatusCode::BAD_REQUEST, Exception::new("mapper_parsing_exception", reason))
            }
            IndexError::Storage(StorageError::Unavailable { .. } | StorageError::Failed { .. })
            | IndexError::Contention { .. } => Self::unavailable("the store of the index is not available"),
            IndexError::Storage(_)
            | IndexError::Damaged { .. }
            | IndexError::InvalidDocument { .. }
            | IndexError::Input { .. }
            | IndexError::Search(_) => Self::internal(),
        }
    }

    fn new(status: StatusCode, exception: Exception) -> Self {
        Problem { status, exception, phase_of: None, header: None }
    }

    fn argument(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Exception::new("illegal_argument_exception", reason))
    }

    fn unavailable(reason: impl Into<String>) -> Self {
        let exception = Exception::new("service_unavailable_exception", reason);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, exception).retry_later()
    }

    fn internal() -> Self {
        let reason = "the request failed because of an error in the server, which its log describes";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Exception::new("internal_server_error", reason))
    }

    fn in_phase(self, index: &str) -> Self {
        Problem { phase_of: Some(index.to_owned()), ..self }
    }

    fn retry_later(self) -> Self {
        self.header(RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    fn header(self, name: HeaderName, value: &'static str) -> Self {
        Problem { header: Some((name, HeaderValue::from_static(value))), ..self }
    }

    fn into_answer(self) -> Answer {
        let root = self.exception.own_json();
        let whole = self.exception.into_json();
        let mut error = Map::from_iter([("root_cause".to_owned(), json!([root]))]);
        match self.phase_of {
            None => error.extend(whole),
            Some(index) => error.extend([
                ("type".to_owned(), json!("search_phase_execution_exception")),
                ("reason".to_owned(), json!("all shards failed")),
                ("phase".to_owned(), json!("query")),
                ("grouped".to_owned(), json!(true)),
                ("failed_shards".to_owned(), json!([{ "shard": 0, "index": index, "reason": whole }])),
            ]),
        }
        let mut answer = Answer::json_with(self.status, &json!({ "error": error, "status": self.status.as_u16() }));
        answer.headers = HeaderMap::from_iter(self.header);
        answer
    }
}

impl Exception {
    fn new(kind: &'static str, reason: impl Into<String>) -> Self {
        Exception { kind, reason: reason.into(), details: Map::new(), caused_by: None }
    }

    fn detail(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// Why a function failed, with a type for each kind of cause.
    fn of_cause(cause: &Cause) -> Self {
        let kind = match cause {
            Cause::NotFound(_) => "resource_not_found_exception",
            Cause::Unusable(_) => "unusable_function_exception",
            Cause::InvalidArgument(_) => "illegal_argument_exception",
            Cause::Failed(_) => "function_failed_exception",
            Cause::Trapped { .. } => "function_trapped_exception",
            Cause::TimedOut { .. } => "function_timed_out_exception",
            Cause::OutOfMemory { .. } => "function_out_of_memory_exception",
            // It begins as Elasticsearch's message does.
            Cause::InvalidScore { .. } => {
                return Exception::new(
                    "illegal_argument_exception",
                    format!("script_score script returned an {cause}"),
                );
            }
            Cause::InvalidAnswer(_) => "invalid_function_answer_exception",
            Cause::Unavailable(error) => {
                tracing::error!(error = chain(error), "a function is not available");
                let reason = "the function cannot be had at the moment, trying again may help";
                return Exception::new("service_unavailable_exception", reason);
            }
        };
        Exception::new(kind, cause.to_string())
    }

    /// Without what caused it.
    fn own_json(&self) -> Map<String, Json> {
        let mut json =
            Map::from_iter([("type".to_owned(), self.kind.into()), ("reason".to_owned(), self.reason.as_str().into())]);
        json.extend(self.details.iter().map(|(key, value)| (key.clone(), value.clone())));
        json
    }

    fn into_json(self) -> Map<String, Json> {
        let mut json = self.own_json();
        if let Some(cause) = self.caused_by {
            json.insert("caused_by".to_owned(), Json::Object(cause.into_json()));
        }
        json
    }
}

/// An error with its causes, for the log.
fn chain(error: &dyn Error) -> String {
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
    use std::time::Duration;

    use quidditch_function::{DocumentRef, FunctionId};

    use super::*;
    use crate::answer::Content;

    fn shown(error: ApiError) -> String {
        let answer = error.into_answer();
        let Content::Json(json) = answer.content else { return "not JSON".to_owned() };
        let headers: String = answer
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\n", value.to_str().expect("ASCII")))
            .collect();
        format!("{}\n{headers}{json}", answer.status)
    }

    fn function(phase: FailurePhase, cause: Cause) -> String {
        let error = FunctionError { function: FunctionId::new("f", "1.0.0"), phase, cause };
        shown(ApiError::Search { index: "cities".to_owned(), error: Box::new(EngineError::Function(error)) })
    }

    #[test]
    fn functions_fail_as_scripts_do() {
        let trap = Cause::Trapped { message: "no way".to_owned(), frames: vec!["a".to_owned(), "b".to_owned()] };
        insta::assert_snapshot!(function(FailurePhase::Run, trap), @r#"
        400 Bad Request
        {"error":{"root_cause":[{"type":"script_exception","reason":"runtime error","script_stack":["a","b"],"script":"f@1.0.0","lang":"wasm"}],"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":[{"shard":0,"index":"cities","reason":{"type":"script_exception","reason":"runtime error","script_stack":["a","b"],"script":"f@1.0.0","lang":"wasm","caused_by":{"type":"function_trapped_exception","reason":"the function trapped: no way"}}}]},"status":400}
        "#);
        let refused = Cause::InvalidArgument("parameter [field] is required".to_owned());
        insta::assert_snapshot!(function(FailurePhase::Bind, refused), @r#"
        400 Bad Request
        {"error":{"root_cause":[{"type":"script_exception","reason":"compile error","script":"f@1.0.0","lang":"wasm"}],"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":[{"shard":0,"index":"cities","reason":{"type":"script_exception","reason":"compile error","script":"f@1.0.0","lang":"wasm","caused_by":{"type":"illegal_argument_exception","reason":"parameter [field] is required"}}}]},"status":400}
        "#);
    }

    #[test]
    fn every_cause_has_its_type() {
        let cause = |cause: Cause| {
            let exception = Exception::of_cause(&cause);
            format!("{}: {}", exception.kind, exception.reason)
        };
        let text = || "why".to_owned();
        let all = [
            Cause::NotFound(text()),
            Cause::Unusable(text()),
            Cause::Failed(text()),
            Cause::TimedOut { limit: Duration::from_secs(2) },
            Cause::OutOfMemory { limit_bytes: 10, wanted_bytes: 20 },
            Cause::InvalidScore { document: DocumentRef::Id("7".to_owned()), score: -1.5 },
            Cause::InvalidAnswer(text()),
            Cause::unavailable("secret"),
        ];
        insta::assert_snapshot!(all.map(cause).join("\n"), @r"
        resource_not_found_exception: why
        unusable_function_exception: why
        function_failed_exception: why
        function_timed_out_exception: the function was stopped: the functions of a request may run for 2000 ms together
        function_out_of_memory_exception: the function was stopped: it may use 10 bytes of memory and asked for 20
        illegal_argument_exception: script_score script returned an invalid score [-1.5] for document [7]: must be a finite non-negative number
        invalid_function_answer_exception: why
        service_unavailable_exception: the function cannot be had at the moment, trying again may help
        ");
    }

    #[test]
    fn what_may_work_later_says_so() {
        let source = Box::new(io::Error::other("connection to 10.0.0.1 refused"));
        let storage = StorageError::Unavailable { key: "cities/manifest.json".to_owned(), source };
        insta::assert_snapshot!(shown(ApiError::Index(storage.into())), @r#"
        503 Service Unavailable
        retry-after: 1
        {"error":{"root_cause":[{"type":"service_unavailable_exception","reason":"the store of the index is not available"}],"type":"service_unavailable_exception","reason":"the store of the index is not available"},"status":503}
        "#);
        let unavailable = function(FailurePhase::Load, Cause::unavailable("secret"));
        assert!(unavailable.starts_with("503 Service Unavailable\nretry-after: 1\n"), "{unavailable}");
    }

    #[test]
    fn callers_see_nothing_of_what_broke_inside() {
        let damaged = IndexError::Damaged { object: "secret".to_owned(), what: "secret".to_owned() };
        let search = EngineError::Index(damaged);
        insta::assert_snapshot!(shown(ApiError::Search { index: "cities".to_owned(), error: Box::new(search) }), @r#"
        500 Internal Server Error
        {"error":{"root_cause":[{"type":"internal_server_error","reason":"the request failed because of an error in the server, which its log describes"}],"type":"internal_server_error","reason":"the request failed because of an error in the server, which its log describes"},"status":500}
        "#);
        assert!(!shown(ApiError::Panic("secret".to_owned())).contains("secret"));
    }

    #[test]
    fn the_log_gets_every_cause() {
        let source = Box::new(io::Error::other("refused"));
        let storage = StorageError::Unavailable { key: "a/manifest.json".to_owned(), source };
        insta::assert_snapshot!(
            chain(&ApiError::Index(storage.into())),
            @r#"the index could not be opened: the store of the index failed: storage unavailable (a/manifest.json): refused"#
        );
    }
}
