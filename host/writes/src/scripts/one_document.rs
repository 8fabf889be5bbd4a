//! An index of one document, in memory.

use std::sync::Arc;

use bytes::Bytes;
use quidditch_clock::Clock;
use quidditch_index::{Cost, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{Condition, IndexWriter, WriteAction, WriteCache, WriteOperation, create_index};
use quidditch_service::writing::ApiError;
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Map, Value as Json};

use crate::documents::refused;
use crate::failure::indexing_failure;

/// The `_id` of the document.
const ID: &str = "_id";

/// An index like another, with nothing but this document. The document adds no fields to the mapping.
///
/// # Errors
/// A document that the index cannot have.
pub(super) async fn index_one_document(
    like: &Snapshot,
    document: Map<String, Json>,
    clock: &Arc<dyn Clock>,
) -> Result<Snapshot, ApiError> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let (name, mapping) = (like.name(), like.mapping().clone().without_new_fields());
    create_index(&storage, name, &mapping).await.map_err(indexing_failure)?;
    let source = Bytes::from(Json::Object(document).to_string());
    let operation =
        WriteOperation { id: Some(ID.to_owned()), action: WriteAction::Index(source), condition: Condition::None };
    let reader = Arc::new(SplitReader::new(Arc::clone(&storage), ReadSettings::default()));
    let writer = IndexWriter::new(&storage, clock, name)?;
    let report = writer.write(&WriteCache::new(&reader), &[operation]).await.map_err(indexing_failure)?;
    for written in report.results {
        written.outcome.map_err(|error| refused(name, ID, error))?;
    }
    Ok(Snapshot::open(&reader, name, &Cost::default()).await?)
}
