//! Checks queries that are values of documents. This crate knows no queries: what does is given to the writer.

use quidditch_index::Mapping;
use serde_json::{Map, Value as Json};

/// Decides whether a query may be the value of a `percolator` field.
pub trait QueryCheck: Send + Sync {
    /// Checks a query for an index with this mapping. It does not wait.
    ///
    /// # Errors
    /// Why the query cannot be run over documents of the index.
    fn check(&self, mapping: &Mapping, query: &Map<String, Json>) -> Result<(), InvalidQuery>;
}

/// Why a query cannot be the value of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct InvalidQuery {
    /// The type of the error, as clients expect it, such as `query_shard_exception`.
    pub kind: &'static str,
    /// What is wrong with it.
    pub reason: String,
}
