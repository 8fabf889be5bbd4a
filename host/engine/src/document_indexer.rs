//! Indexes documents in memory, for queries that are run over documents of a request.

use async_trait::async_trait;
use quidditch_index::Snapshot;
use serde_json::{Map, Value as Json};

use crate::Error;

/// Indexes documents in memory. The engine only reads indices: a host that can write some gives this to it.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait DocumentIndexer: Send + Sync {
    /// An index with the name and the mapping of another, and fields that the mapping adds for these documents, with nothing but them.
    /// Their order in the index is that in the list.
    ///
    /// # Errors
    /// [`Error::Shard`] for a document that the index cannot have.
    async fn index(&self, like: &Snapshot, documents: &[Map<String, Json>]) -> Result<Snapshot, Error>;
}
