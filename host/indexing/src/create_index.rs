//! Creating an index.

use std::sync::Arc;

use quidditch_index::format::Manifest;
use quidditch_index::{Mapping, check_index_name};
use quidditch_storage::{Precondition, Storage, StorageError};
use ulid::Ulid;

use crate::IndexingError;

/// Creates an empty index.
///
/// # Errors
/// [`IndexingError::AlreadyExists`], [`IndexError::InvalidName`], [`IndexError::Storage`].
///
/// [`IndexError::InvalidName`]: quidditch_index::IndexError::InvalidName
/// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
pub async fn create_index(storage: &Arc<dyn Storage>, name: &str, mapping: &Mapping) -> Result<(), IndexingError> {
    check_index_name(name)?;
    let manifest = Manifest::new(Ulid::generate().to_string(), mapping.clone());
    match manifest.write(storage, name, Precondition::Absent).await {
        Ok(_) => Ok(()),
        Err(StorageError::PreconditionFailed { .. }) => Err(IndexingError::AlreadyExists { name: name.to_owned() }),
        Err(error) => Err(error.into()),
    }
}
