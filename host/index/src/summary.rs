//! Which indices there are, and what they consist of.

use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use quidditch_storage::{Storage, StorageError};

use crate::manifest::{Manifest, SplitEntry};
use crate::name::{check_index_name, manifest_key};
use crate::{IndexError, Mapping};

/// How many indices are looked at at a time.
const LOOKS_AT_A_TIME: usize = 16;

/// The names of all indices, in order. One listing of what is at the top of the store, and a look at each manifest, however
/// many objects there are.
///
/// # Errors
/// [`IndexError::Storage`].
pub async fn list_indices(storage: &Arc<dyn Storage>) -> Result<Vec<String>, IndexError> {
    let looks = stream::iter(possible_indices(storage).await?).map(|name| async move {
        match storage.head(&manifest_key(&name)).await {
            Ok(_) => Ok(Some(name)),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(IndexError::from(error)),
        }
    });
    let names = looks.buffered(LOOKS_AT_A_TIME).try_collect::<Vec<_>>().await?;
    Ok(names.into_iter().flatten().collect())
}

/// Folders that may be indices. What is left of a removed one is a folder, too.
async fn possible_indices(storage: &Arc<dyn Storage>) -> Result<Vec<String>, IndexError> {
    let folders = storage.list_folders("").await?;
    Ok(folders.into_iter().filter(|name| check_index_name(name).is_ok()).collect())
}

/// What there is to know about an index without reading its documents.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexSummary {
    /// Its name.
    pub name: String,
    /// Documents, without those that are deleted.
    pub documents: u64,
    /// Documents that are deleted and still take room in their splits.
    pub deleted: u64,
    /// Splits.
    pub splits: usize,
    /// Size of all splits and deletes in bytes.
    pub bytes: u64,
    /// Objects that are not part of the index any more and wait for the garbage collection.
    pub retired: usize,
    /// The fields.
    pub mapping: Mapping,
}

/// Reads what there is to know about an index: one request.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Damaged`], [`IndexError::Storage`].
pub async fn summarize_index(storage: &Arc<dyn Storage>, name: &str) -> Result<IndexSummary, IndexError> {
    check_index_name(name)?;
    let (manifest, _) = Manifest::read(storage, name).await?;
    let size = |split: &SplitEntry| split.size + split.deletes.as_ref().map_or(0, |deletes| deletes.size);
    Ok(IndexSummary {
        name: name.to_owned(),
        documents: manifest.splits.iter().map(SplitEntry::live).sum(),
        deleted: manifest.splits.iter().map(SplitEntry::deleted).sum(),
        splits: manifest.splits.len(),
        bytes: manifest.splits.iter().map(size).sum(),
        retired: manifest.retired.len(),
        mapping: manifest.mapping,
    })
}

/// Reads what there is to know about all indices, in the order of their names: one listing, and one request for each.
/// An index that cannot be read stands in the list with the reason.
///
/// # Errors
/// [`IndexError::Storage`] where there is no list.
pub async fn summarize_indices(
    storage: &Arc<dyn Storage>,
) -> Result<Vec<(String, Result<IndexSummary, IndexError>)>, IndexError> {
    let names = possible_indices(storage).await?;
    let summaries = stream::iter(names).map(|name| async move {
        let summary = summarize_index(storage, &name).await;
        (name, summary)
    });
    let is_there = |(_, summary): &(_, Result<_, IndexError>)| !matches!(summary, Err(IndexError::NotFound { .. }));
    let summaries = summaries.buffered(LOOKS_AT_A_TIME).collect::<Vec<_>>().await;
    Ok(summaries.into_iter().filter(is_there).collect())
}
