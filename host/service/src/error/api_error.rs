//! All reasons why a request fails.

use std::time::Duration;

use http::Method;
use quidditch_engine::{Error as EngineError, ErrorKind, FailedIndex, IndicesError};
use quidditch_function::{CatalogError, FunctionError};
use quidditch_index::{Damage, IndexError};

use super::Refusal;

/// Why a request fails.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No route has this path.
    #[error("no handler found for uri [{path}] and method [{method}]")]
    UnknownRoute {
        /// The path.
        path: String,
        /// The method.
        method: Method,
    },
    /// The routes of this path have other methods.
    #[error("incorrect HTTP method for uri [{path}] and method [{method}], allowed: [{allowed}]")]
    WrongMethod {
        /// The path.
        path: String,
        /// The method.
        method: Method,
        /// The methods of the path, as in the header `Allow`.
        allowed: String,
    },
    /// A value that is not allowed.
    #[error("{0}")]
    Argument(String),
    /// A mistake of the caller whose type is known.
    #[error("{reason}")]
    Mistake {
        /// The type.
        kind: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Something that does not exist, and is not an index.
    #[error("{0}")]
    Missing(String),
    /// A body, or a wanted response, of a media type that is not supported.
    #[error("{0}")]
    MediaType(String),
    /// A body in an encoding that is not supported.
    #[error("Content-Encoding header [{0}] is not supported; use [gzip] or no encoding")]
    ContentEncoding(String),
    /// A body that is too large.
    #[error("the request body exceeds the limit of {limit} bytes")]
    BodyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// No function of this name is published.
    #[error("no such function [{0}]")]
    UnknownFunction(String),
    /// The engine refused a request, or failed.
    #[error("the search of index [{index}] failed")]
    Search {
        /// The index that was searched; empty if there is none.
        index: String,
        /// Why.
        #[source]
        error: Box<EngineError>,
    },
    /// Of a request about one document of an index: unlike the failure of a search, it is not in a phase.
    #[error("the request for a document of index [{index}] failed")]
    Document {
        /// The index.
        index: String,
        /// Why.
        #[source]
        error: Box<EngineError>,
    },
    /// Of all indices of a request, or of those of them that made the whole request fail.
    #[error("the search of several indices failed: {summary}")]
    Indices {
        /// How many of them failed.
        summary: &'static str,
        /// The failures.
        failures: Vec<FailedIndex>,
    },
    /// A scroll or a point in time has ended.
    #[error(
        "No search context found: the scroll or point in time of index [{index}] has expired, the index was deleted, or what it \
         searches was removed by garbage collection; begin again"
    )]
    NoContext {
        /// The index.
        index: String,
    },
    /// A request that requires write access to the store, on a host without it.
    #[error(
        "blocked by: [FORBIDDEN/6/cluster read-only (api)]: [{method} {path}] requires write access to the store, which this program does not have; \
         use `quidditch serve` or the `quidditch` command"
    )]
    ReadOnly {
        /// The method.
        method: Method,
        /// The path.
        path: String,
    },
    /// A failure with a status and a type of its own.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
    /// A script that is to be stored does not compile.
    #[error("compile error")]
    Script(#[source] Box<FunctionError>),
    /// An index cannot be opened.
    #[error("cannot open the index")]
    Index(#[from] IndexError),
    /// The time of the request passed while it waited for storage.
    #[error("storage did not respond within [timeout] {0:?}; retry or raise the timeout")]
    TimedOut(Duration),
    /// The published functions cannot be listed.
    #[error("cannot list the functions")]
    Catalog(#[from] CatalogError),
    /// A bug.
    #[error("the request panicked: {0}")]
    Panic(String),
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        ApiError::Refused(Box::new(refusal))
    }
}

impl ApiError {
    /// A mistake in a body.
    pub fn body(reason: impl Into<String>) -> Self {
        ApiError::Mistake { kind: "parse_exception", reason: reason.into() }
    }

    /// A mistake in an object of a body, such as a key that it cannot have.
    pub fn object(reason: impl Into<String>) -> Self {
        ApiError::Mistake { kind: "x_content_parse_exception", reason: reason.into() }
    }

    /// A body, or a part of one, that is not JSON. `what` says which.
    pub fn invalid_json(what: &str, error: &serde_json::Error) -> Self {
        let kind = if error.is_eof() { "json_e_o_f_exception" } else { "json_parse_exception" };
        ApiError::Mistake { kind, reason: format!("{what} is not valid JSON: {error}") }
    }

    /// The error if a request has no body.
    pub fn no_body() -> Self {
        Self::body("request body or source parameter is required")
    }

    /// A request that has keys or parameters that it may not have together, or lacks one.
    pub fn validation(reason: &str) -> Self {
        let reason = format!("Validation Failed: 1: {reason};");
        ApiError::Mistake { kind: "action_request_validation_exception", reason }
    }

    /// An error of the engine for a request to this index.
    pub fn search(index: &str, error: EngineError) -> Self {
        ApiError::Search { index: index.to_owned(), error: Box::new(error) }
    }

    /// An error of the engine for a request about one document of this index.
    pub fn document(index: &str, error: EngineError) -> Self {
        ApiError::Document { index: index.to_owned(), error: Box::new(error) }
    }

    /// An error of the engine while it searched this index, reported as a failure of the search.
    pub fn failed_search(index: &str, error: EngineError) -> Self {
        match error {
            EngineError::Argument(reason) => {
                Self::search(index, EngineError::Shard { kind: ErrorKind::Argument, reason })
            }
            error => Self::search(index, error),
        }
    }

    /// An error of the engine while it searched several indices.
    pub(crate) fn failed_indices(error: IndicesError) -> Self {
        match error {
            IndicesError::Any(failed) => {
                let FailedIndex { index, error } = *failed;
                Self::failed_search(&index, error)
            }
            IndicesError::All(mut failures) if failures.len() == 1 => {
                let FailedIndex { index, error } = failures.remove(0);
                Self::failed_search(&index, error)
            }
            IndicesError::All(failures) => ApiError::Indices { summary: "all shards failed", failures },
        }
    }

    /// The index whose object does not exist, if that is the error.
    pub(crate) fn index_of_missing_object(&self) -> Option<&str> {
        let error = match self {
            ApiError::Index(error) => error,
            ApiError::Search { error, .. } => match error.as_ref() {
                EngineError::Index(error) => error,
                _ => return None,
            },
            _ => return None,
        };
        match error {
            IndexError::Damaged { object, reason: Damage::Missing } => Some(object.split_once('/')?.0),
            _ => None,
        }
    }

    /// The error in place of the answer of a part of the indices.
    pub(crate) fn partly_failed(failures: Vec<FailedIndex>) -> Self {
        ApiError::Indices { summary: "Partial shards failure", failures }
    }
}

/// Whether no index has the requested name: there is none, or none can have it.
pub(crate) fn is_missing_index(error: &IndexError) -> bool {
    matches!(error, IndexError::NotFound { .. } | IndexError::InvalidName { .. })
}
