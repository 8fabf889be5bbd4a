//! The traits that the engine calls functions through.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Argument, Batch, Budget, ColumnRequest, FunctionError, Metadata};

/// Which function: the name and version that it was published under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId {
    /// Name, as a clause gives it.
    pub name: String,
    /// Semantic version; empty where it is not known yet.
    pub version: String,
}

impl FunctionId {
    /// A name with a version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        FunctionId { name: name.into(), version: version.into() }
    }
}

impl fmt::Display for FunctionId {
    /// `name@version`, or the name alone where there is no version.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        if !self.version.is_empty() {
            write!(formatter, "@{}", self.version)?;
        }
        Ok(())
    }
}

/// Where the engine gets functions from.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait FunctionResolver: Send + Sync {
    /// The function of that name, ready to be bound; the highest release where `version` is `None`.
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError>;
}

/// A published function, loaded.
pub trait Function: Send + Sync {
    /// What it says of itself.
    fn metadata(&self) -> &Metadata;

    /// Binds it as a filter to the arguments of one clause. The arguments have been checked against the metadata.
    ///
    /// Every call to what comes back takes its time off `budget`. Binding twice to the same arguments gives two
    /// independent predicates with the same answers: the engine binds once for each clause and worker.
    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError>;

    /// Binds it as a scorer, likewise.
    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError>;
}

/// A filter, bound. After an error it must not be called again.
pub trait BoundFilter: Send {
    /// The columns that each batch must have, in this order. Always the same.
    fn columns(&self) -> &[ColumnRequest];

    /// Replaces `keep` by one byte for each document: 0 drops it, anything else keeps it.
    /// Exactly `batch.len` bytes, or an error.
    fn keep(&mut self, batch: &Batch, keep: &mut Vec<u8>) -> Result<(), FunctionError>;
}

/// A scorer, bound. After an error it must not be called again.
pub trait BoundScorer: Send {
    /// The columns that each batch must have, in this order. Always the same.
    fn columns(&self) -> &[ColumnRequest];

    /// Whether the batches must have the documents' scores so far.
    fn needs_score(&self) -> bool;

    /// Replaces `scores` by one score for each document: exactly `batch.len`, each of which
    /// [`crate::check_scores`] accepts, or an error.
    fn score(&mut self, batch: &Batch, scores: &mut Vec<f32>) -> Result<(), FunctionError>;
}
