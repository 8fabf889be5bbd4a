//! An index of one document, in memory.

use quidditch_index::Snapshot;
use quidditch_service::writing::ApiError;
use serde_json::{Map, Value as Json};

use crate::documents::refused;
use crate::failure::indexing_failure;
use crate::memory_index::{MemoryIndexError, MemoryIndexer};

/// The `_id` of the document.
const ID: &str = "_id";

/// An index like another, with nothing but this document. The document adds no fields to the mapping.
///
/// # Errors
/// A document that the index cannot have.
pub(super) async fn index_one_document(
    like: &Snapshot,
    document: Map<String, Json>,
    indexer: &MemoryIndexer,
) -> Result<Snapshot, ApiError> {
    let (name, mapping) = (like.name(), like.mapping().clone().without_new_fields());
    indexer.index_all(name, &mapping, vec![(ID.to_owned(), document)]).await.map_err(|error| match error {
        MemoryIndexError::Refused { id, refused: reason } => refused(name, &id, reason).into(),
        MemoryIndexError::Indexing(error) => indexing_failure(error),
    })
}
