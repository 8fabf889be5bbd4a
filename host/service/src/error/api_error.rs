//! All reasons why a request fails.

use std::time::Duration;

use http::Method;
use quidditch_engine::{Error as EngineError, ErrorKind};
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

    /// An error of the engine while it searched this index: clients know it as a failure of the search.
    pub(crate) fn failed_search(index: &str, error: EngineError) -> Self {
        match error {
            EngineError::Argument(reason) => {
                Self::search(index, EngineError::Shard { kind: ErrorKind::Argument, reason })
            }
            error => Self::search(index, error),
        }
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
