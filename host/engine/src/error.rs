//! How a search can fail, by what the caller can do about it.

use std::time::Duration;

use quidditch_function::{Cause, FailurePhase, FunctionError, FunctionId};
use quidditch_index::IndexError;

use crate::json::{ErrorKind, Position};
use crate::memory::{MemoryExceeded, MemoryScope};

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request is not JSON, or not a search request.
    #[error("{reason}")]
    Parsing {
        /// The kind of mistake, as clients expect it at this place.
        kind: ErrorKind,
        /// The kind of the mistake itself, if it is another: an object around it determines the kind.
        cause: Option<ErrorKind>,
        /// What is wrong, with its path.
        reason: String,
        /// Where it is in the text, if known.
        position: Option<Position>,
    },
    /// A value that the request may not have: over a limit, or not together with another.
    #[error("{0}")]
    Argument(String),
    /// The query does not fit the index: a wrong type of field, or a value that the field cannot have.
    #[error("failed to create query: {0}")]
    Query(String),
    /// The query or the sort does not fit the index, or a built-in function fails on a document, for a reason with a kind of its
    /// own.
    #[error("{reason}")]
    Shard {
        /// The kind.
        kind: ErrorKind,
        /// What is wrong.
        reason: String,
    },
    /// There is no stored script of an id, and no function of this name.
    #[error("{reason}")]
    UnknownScript {
        /// What names it.
        place: ScriptPlace,
        /// What is not there.
        reason: String,
    },
    /// A document that the request names does not exist.
    #[error("indexed document [{index}/{id}] couldn't be found")]
    MissingDocument {
        /// Name of its index.
        index: String,
        /// Its `_id`.
        id: String,
    },
    /// The response would have more buckets than one response may.
    #[error(
        "Trying to create too many buckets. Must be less than or equal to: [{max}] but was [{buckets}]: request fewer with \
         [size], [interval] or [min_doc_count]"
    )]
    TooManyBuckets {
        /// The limit.
        max: usize,
        /// What it would have or need, at least.
        buckets: usize,
    },
    /// The aggregations would use more memory than those of one request may.
    #[error(
        "[aggregations] Data too large, the aggregations of the request need more than [{max_bytes}] bytes: request fewer \
         levels, or fields with fewer values"
    )]
    AggregationMemory {
        /// The limit.
        max_bytes: u64,
        /// What it would have or need, at least.
        wanted_bytes: u64,
    },
    /// A function's failure: the mistake of its caller or of its author.
    #[error("a user function failed")]
    Function(#[source] FunctionError),
    /// The time limit passed before all matches were counted: unlike a search, a count cannot be partial. Or the time to fetch
    /// the hits of a search passed.
    #[error("Time exceeded: the request could not be answered within {0:?}")]
    TimedOut(Duration),
    /// The search would use more memory than one request may.
    #[error(
        "the request needs more than [{max_bytes}] bytes of memory: request fewer hits with [size] and [from], \
         sort by fewer or shorter fields, or call fewer functions"
    )]
    OutOfMemory {
        /// The limit.
        max_bytes: u64,
    },
    /// The hits have more bytes than one response may.
    #[error("the hits have more than [{max_bytes}] bytes: request fewer with [size], or less of each with [_source]")]
    HitsTooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// The index could not be read.
    #[error("the index could not be read")]
    Index(#[from] IndexError),
    /// The search library reported an error: a damaged index, or our bug.
    #[error("the search failed")]
    Search(#[from] tantivy::TantivyError),
}

/// What names a stored script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptPlace {
    /// The query or the `post_filter`. Clients expect an unknown script as a mistake in the query.
    Query,
    /// Any other part of the request.
    Elsewhere,
}

impl ScriptPlace {
    /// The place of a path in a request.
    pub(crate) fn of_path(path: &str) -> Self {
        match path.split('.').next() {
            Some("query" | "post_filter") => ScriptPlace::Query,
            _ => ScriptPlace::Elsewhere,
        }
    }
}

impl From<MemoryExceeded> for Error {
    fn from(exceeded: MemoryExceeded) -> Self {
        let MemoryExceeded { scope, max_bytes, wanted_bytes } = exceeded;
        match scope {
            MemoryScope::Search => Error::OutOfMemory { max_bytes },
            MemoryScope::Aggregations => Error::AggregationMemory { max_bytes, wanted_bytes },
        }
    }
}

impl Error {
    /// A value that this index or this document does not allow.
    pub(crate) fn shard_argument(reason: impl Into<String>) -> Self {
        Error::Shard { kind: ErrorKind::Argument, reason: reason.into() }
    }

    /// Whether the request is a mistake for the index that was searched, and may fit others. Otherwise the search of all indices
    /// ends.
    pub(crate) fn is_of_one_index(&self) -> bool {
        matches!(
            self,
            Error::Argument(_)
                | Error::Query(_)
                | Error::Shard { .. }
                | Error::Function(_)
                | Error::UnknownScript { .. }
        )
    }

    /// Keys or parameters that a request may not have together, or one that it lacks.
    pub fn validation(reason: &str) -> Self {
        let reason = format!("Validation Failed: 1: {reason};");
        Error::Parsing { kind: ErrorKind::Validation, cause: None, reason, position: None }
    }

    /// A function that cannot be bound as the clause wants it.
    pub(crate) fn binding(function: &FunctionId, cause: Cause) -> Self {
        Error::Function(FunctionError { function: function.clone(), phase: FailurePhase::Bind, cause })
    }
}
