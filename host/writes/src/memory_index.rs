//! Indexes documents in memory, for requests that run queries or scripts over documents of their own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use quidditch_clock::Clock;
use quidditch_engine::{DocumentIndexer, Error as EngineError, ErrorKind};
use quidditch_index::{Cost, IndexError, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{
    Condition, DocumentError, IndexWriter, IndexingError, QueryCheck, Refused, WriteAction, WriteCache, WriteOperation,
    create_index,
};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Map, Value as Json};

use crate::documents::refused;
use crate::stored_queries::StoredQueryCheck;

/// The `_id` of the first document, which clients expect in errors. That of others ends in their place in the list.
const ID: &str = "_temp_id";

/// Indexes documents in memory.
pub struct MemoryIndexer {
    clock: Arc<dyn Clock>,
    query_check: Arc<dyn QueryCheck>,
}

impl fmt::Debug for MemoryIndexer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MemoryIndexer").finish_non_exhaustive()
    }
}

/// Why documents cannot be indexed.
pub(crate) enum MemoryIndexError {
    /// The index cannot have a document.
    Refused {
        id: String,
        refused: Refused,
    },
    Indexing(IndexingError),
}

impl From<IndexingError> for MemoryIndexError {
    fn from(error: IndexingError) -> Self {
        MemoryIndexError::Indexing(error)
    }
}

impl From<IndexError> for MemoryIndexError {
    fn from(error: IndexError) -> Self {
        MemoryIndexError::Indexing(error.into())
    }
}

impl MemoryIndexer {
    /// Indexes by this clock.
    pub fn new(clock: &Arc<dyn Clock>) -> Self {
        MemoryIndexer { clock: Arc::clone(clock), query_check: Arc::new(StoredQueryCheck::new(clock)) }
    }

    /// An index of this name and mapping with nothing but these documents, by their `_id`.
    pub(crate) async fn index_all(
        &self,
        name: &str,
        mapping: &Mapping,
        documents: Vec<(String, Map<String, Json>)>,
    ) -> Result<Snapshot, MemoryIndexError> {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        create_index(&storage, name, mapping).await?;
        let operation = |(id, document): (String, Map<String, Json>)| WriteOperation {
            id: Some(id),
            action: WriteAction::Index(Bytes::from(Json::Object(document).to_string())),
            condition: Condition::None,
        };
        let operations: Vec<WriteOperation> = documents.into_iter().map(operation).collect();
        let reader = Arc::new(SplitReader::new(Arc::clone(&storage), ReadSettings::default()));
        let writer = IndexWriter::new(&storage, &self.clock, name)?.with_query_check(Arc::clone(&self.query_check));
        let report = writer.write(&WriteCache::new(&reader), &operations).await?;
        for (written, operation) in report.results.into_iter().zip(operations) {
            if let Err(refused) = written.outcome {
                return Err(MemoryIndexError::Refused { id: operation.id.unwrap_or_default(), refused });
            }
        }
        Ok(Snapshot::open(&reader, name, &Cost::default()).await?)
    }
}

#[async_trait]
impl DocumentIndexer for MemoryIndexer {
    async fn index(&self, like: &Snapshot, documents: &[Map<String, Json>]) -> Result<Snapshot, EngineError> {
        let (name, mapping) = (like.name(), like.mapping());
        let with_id = |(place, document): (usize, &Map<String, Json>)| {
            (if place == 0 { ID.to_owned() } else { format!("{ID}_{place}") }, document.clone())
        };
        let documents = documents.iter().enumerate().map(with_id).collect();
        self.index_all(name, mapping, documents).await.map_err(|error| match error {
            MemoryIndexError::Refused { id, refused: reason } => {
                let kind = match reason {
                    Refused::Invalid(DocumentError::UnknownField { .. }) => ErrorKind::StrictDocument,
                    _ => ErrorKind::Document,
                };
                EngineError::Shard { kind, reason: refused(name, &id, reason).to_string() }
            }
            MemoryIndexError::Indexing(IndexingError::Index(error)) => error.into(),
            MemoryIndexError::Indexing(error) => EngineError::Argument(error.to_string()),
        })
    }
}
