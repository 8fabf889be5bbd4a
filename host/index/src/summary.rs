//! Listing indices, and summarizing them.

use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use quidditch_storage::{Storage, StorageError};

use crate::manifest::{Manifest, SplitEntry};
use crate::name::{check_index_name, manifest_key};
use crate::{IndexError, Mapping};

/// How many manifests are requested at a time.
const REQUESTS_AT_A_TIME: usize = 16;

/// The names of all indices, sorted. Costs one listing of the folders of the store and one `head` of each manifest, however many
/// objects there are.
///
/// # Errors
/// [`IndexError::Storage`].
pub async fn list_indices(storage: &Arc<dyn Storage>) -> Result<Vec<String>, IndexError> {
    existing_indices(storage, possible_indices(storage).await?).await
}

/// Those of the names that are names of indices, in the same order. Costs one `head` for each name.
///
/// # Errors
/// [`IndexError::Storage`].
pub async fn existing_indices(storage: &Arc<dyn Storage>, names: Vec<String>) -> Result<Vec<String>, IndexError> {
    let heads = stream::iter(names).map(|name| async move {
        match storage.head(&manifest_key(&name)).await {
            Ok(_) => Ok(Some(name)),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(IndexError::from(error)),
        }
    });
    let names = heads.buffered(REQUESTS_AT_A_TIME).try_collect::<Vec<_>>().await?;
    Ok(names.into_iter().flatten().collect())
}

/// The names of folders that may be indices, sorted. The remains of a deleted index are a folder, too. Costs one listing of the
/// folders of the store.
///
/// # Errors
/// [`IndexError::Storage`].
pub async fn possible_indices(storage: &Arc<dyn Storage>) -> Result<Vec<String>, IndexError> {
    let folders = storage.list_folders("").await?;
    Ok(folders.into_iter().filter(|name| check_index_name(name).is_ok()).collect())
}

/// Metadata of an index: what the manifest says.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexSummary {
    /// Its name.
    pub name: String,
    /// Distinguishes it from another index that had, or will have, the same name.
    pub id: String,
    /// Number of documents that are not deleted.
    pub documents: u64,
    /// The same with their nested objects.
    pub stored_documents: u64,
    /// Number of deleted documents that are still in their splits.
    pub deleted: u64,
    /// Number of splits.
    pub splits: usize,
    /// Size of all splits and deletes objects in bytes.
    pub bytes: u64,
    /// Number of objects that are no longer part of the index and wait for garbage collection.
    pub retired: usize,
    /// The fields.
    pub mapping: Mapping,
}

/// Reads the metadata of an index: one request.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Damaged`], [`IndexError::Storage`].
pub async fn summarize_index(storage: &Arc<dyn Storage>, name: &str) -> Result<IndexSummary, IndexError> {
    check_index_name(name)?;
    let (manifest, _) = Manifest::read(storage, name).await?;
    let size = |split: &SplitEntry| split.size + split.deletes.as_ref().map_or(0, |deletes| deletes.size);
    Ok(IndexSummary {
        name: name.to_owned(),
        id: manifest.id.clone(),
        documents: manifest.splits.iter().map(SplitEntry::live).sum(),
        stored_documents: manifest.splits.iter().map(SplitEntry::stored).sum(),
        deleted: manifest.splits.iter().map(SplitEntry::deleted).sum(),
        splits: manifest.splits.len(),
        bytes: manifest.splits.iter().map(size).sum(),
        retired: manifest.retired.len(),
        mapping: manifest.mapping,
    })
}

/// Reads the metadata of all indices, sorted by name: one listing, and one request for each index. An index that cannot be read
/// is in the list with the error.
///
/// # Errors
/// [`IndexError::Storage`] if the listing fails.
pub async fn summarize_indices(
    storage: &Arc<dyn Storage>,
) -> Result<Vec<(String, Result<IndexSummary, IndexError>)>, IndexError> {
    let names = possible_indices(storage).await?;
    let summaries = stream::iter(names).map(|name| async move {
        let summary = summarize_index(storage, &name).await;
        (name, summary)
    });
    let exists = |(_, summary): &(_, Result<_, IndexError>)| !matches!(summary, Err(IndexError::NotFound { .. }));
    let summaries = summaries.buffered(REQUESTS_AT_A_TIME).collect::<Vec<_>>().await;
    Ok(summaries.into_iter().filter(exists).collect())
}
