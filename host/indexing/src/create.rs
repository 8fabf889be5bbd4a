//! Creating an index.

use std::sync::Arc;

use quidditch_index::format::Manifest;
use quidditch_index::{IndexError, Mapping, check_index_name};
use quidditch_storage::{Precondition, Storage, StorageError};
use ulid::Ulid;

/// Makes an empty index.
///
/// # Errors
/// [`IndexError::AlreadyExists`], [`IndexError::InvalidName`], [`IndexError::Storage`].
pub async fn create_index(storage: &Arc<dyn Storage>, name: &str, mapping: &Mapping) -> Result<(), IndexError> {
    check_index_name(name)?;
    let manifest = Manifest::new(Ulid::generate().to_string(), mapping.clone());
    match manifest.write(storage, name, Precondition::Absent).await {
        Ok(_) => Ok(()),
        Err(StorageError::PreconditionFailed { .. }) => Err(IndexError::AlreadyExists { name: name.to_owned() }),
        Err(error) => Err(error.into()),
    }
}
