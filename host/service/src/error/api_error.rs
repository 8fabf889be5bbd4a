//! All reasons why a request fails.

use std::time::Duration;

use http::Method;
use quidditch_engine::{Error as EngineError, ErrorKind, FailedIndex, IndicesError};
use quidditch_function::CatalogError;
use quidditch_index::IndexError;

/// Why a request fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("no handler found for uri [{path}] and method [{method}]")]
    UnknownRoute { path: String, method: Method },
    #[error("incorrect HTTP method for uri [{path}] and method [{method}], allowed: [{allowed}]")]
    WrongMethod { path: String, method: Method, allowed: &'static str },
    #[error("{0}")]
    Argument(String),
    /// A mistake of the caller whose type is known.
    #[error("{reason}")]
    Mistake { kind: &'static str, reason: String },
    /// Something that does not exist, and is not an index.
    #[error("{0}")]
    Missing(String),
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
    /// Of a request about one document of an index: unlike the failure of a search, it is not in a phase.
    #[error("the request for a document of index [{index}] failed")]
    Document {
        index: String,
        #[source]
        error: Box<EngineError>,
    },
    /// Of all indices of a request, or of those of them that made the whole request fail.
    #[error("the search of several indices failed: {summary}")]
    Indices { summary: &'static str, failures: Vec<FailedIndex> },
    #[error(
        "No search context found: the scroll or point in time of index [{index}] has expired, the index was deleted, or what it \
         searches was removed by garbage collection; begin again"
    )]
    NoContext { index: String },
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
    /// A mistake in a body.
    pub(crate) fn body(reason: impl Into<String>) -> Self {
        ApiError::Mistake { kind: "parse_exception", reason: reason.into() }
    }

    /// A body, or a part of one, that is not JSON. `what` says which.
    pub(crate) fn invalid_json(what: &str, error: &serde_json::Error) -> Self {
        let kind = if error.is_eof() { "json_e_o_f_exception" } else { "json_parse_exception" };
        ApiError::Mistake { kind, reason: format!("{what} is not valid JSON: {error}") }
    }

    /// That a request needs a body.
    pub(crate) fn no_body() -> Self {
        Self::body("request body or source parameter is required")
    }

    /// A request that has keys or parameters that it may not have together, or lacks one.
    pub(crate) fn validation(reason: &str) -> Self {
        let reason = format!("Validation Failed: 1: {reason};");
        ApiError::Mistake { kind: "action_request_validation_exception", reason }
    }

    /// An error of the engine for a request to this index.
    pub(crate) fn search(index: &str, error: EngineError) -> Self {
        ApiError::Search { index: index.to_owned(), error: Box::new(error) }
    }

    /// An error of the engine for a request about one document of this index.
    pub(crate) fn document(index: &str, error: EngineError) -> Self {
        ApiError::Document { index: index.to_owned(), error: Box::new(error) }
    }

    /// An error of the engine while it searched this index: clients know it as a failure of the search.
    pub(crate) fn failed_search(index: &str, error: EngineError) -> Self {
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

    /// The error in place of the answer of a part of the indices.
    pub(crate) fn partly_failed(failures: Vec<FailedIndex>) -> Self {
        ApiError::Indices { summary: "Partial shards failure", failures }
    }
}

/// Whether no index has the requested name: there is none, or none can have it.
pub(crate) fn is_missing_index(error: &IndexError) -> bool {
    matches!(error, IndexError::NotFound { .. } | IndexError::InvalidName { .. })
}
