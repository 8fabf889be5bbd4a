//! What can go wrong when an index is changed, by what the caller can do about it.

use quidditch_index::{IndexError, MappingUpdateError};
use quidditch_storage::StorageError;
use tantivy::TantivyError;

use crate::DocumentError;

/// A failed change of an index.
#[derive(Debug, thiserror::Error)]
pub enum IndexingError {
    /// An index with that name already exists.
    #[error("index [{name}] already exists")]
    AlreadyExists {
        /// The name.
        name: String,
    },
    /// An alias has that name.
    #[error("[{name}] is an alias: choose another name, or remove the alias")]
    IsAlias {
        /// The name.
        name: String,
    },
    /// The mapping cannot be changed in this way.
    #[error(transparent)]
    Mapping(#[from] MappingUpdateError),
    /// A document that does not fit the mapping or a limit, where one such document ends the work.
    #[error("invalid document in line {line}")]
    InvalidDocument {
        /// Its line, counted from 1 over all input.
        line: u64,
        /// What is wrong with it.
        #[source]
        reason: DocumentError,
    },
    /// The documents cannot be read: their source failed, or is not valid gzip.
    #[error("cannot read the documents after line {line}")]
    Input {
        /// The last line that was read, counted from 1.
        line: u64,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Other writers changed the index in the meantime: another attempt may succeed.
    #[error("index [{name}] was changed by other writers in the meantime (attempts: {attempts})")]
    Contention {
        /// Name of the index.
        name: String,
        /// Number of attempts.
        attempts: u32,
    },
    /// The index cannot be read, or its store failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl From<StorageError> for IndexingError {
    fn from(error: StorageError) -> Self {
        IndexError::from(error).into()
    }
}

impl From<TantivyError> for IndexingError {
    fn from(error: TantivyError) -> Self {
        IndexError::from(error).into()
    }
}
