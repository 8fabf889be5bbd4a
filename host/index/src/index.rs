//! Making, listing and removing indices.

use std::sync::Arc;

#[cfg(not(target_family = "wasm"))]
use quidditch_storage::Precondition;
use quidditch_storage::{Storage, StorageError};
#[cfg(not(target_family = "wasm"))]
use ulid::Ulid;

use crate::IndexError;
#[cfg(not(target_family = "wasm"))]
use crate::Mapping;
#[cfg(not(target_family = "wasm"))]
use crate::manifest::Manifest;
use crate::name::{check_index_name, index_of_manifest, manifest_key, splits_prefix};

/// Makes an empty index.
///
/// # Errors
/// [`IndexError::AlreadyExists`], [`IndexError::InvalidName`], [`IndexError::Storage`].
#[cfg(not(target_family = "wasm"))]
pub async fn create_index(storage: &Arc<dyn Storage>, name: &str, mapping: &Mapping) -> Result<(), IndexError> {
    check_index_name(name)?;
    let manifest = Manifest::new(Ulid::generate().to_string(), mapping.clone());
    match manifest.write(storage, name, Precondition::Absent).await {
        Ok(_) => Ok(()),
        Err(StorageError::PreconditionFailed { .. }) => Err(IndexError::AlreadyExists { name: name.to_owned() }),
        Err(error) => Err(error.into()),
    }
}

/// The names of all indices, in order.
///
/// # Errors
/// [`IndexError::Storage`].
pub async fn list_indices(storage: &Arc<dyn Storage>) -> Result<Vec<String>, IndexError> {
    let objects = storage.list("").await?;
    let mut names: Vec<_> =
        objects.iter().filter_map(|entry| index_of_manifest(&entry.key)).map(str::to_owned).collect();
    names.sort_unstable();
    Ok(names)
}

/// Removes an index with its documents. Snapshots that are open stay readable.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Storage`]. After the last, the index may be gone with
/// some splits left, which nothing will ever read.
pub async fn delete_index(storage: &Arc<dyn Storage>, name: &str) -> Result<(), IndexError> {
    check_index_name(name)?;
    let manifest = manifest_key(name);
    match storage.head(&manifest).await {
        Ok(_) => {}
        Err(StorageError::NotFound { .. }) => return Err(IndexError::NotFound { name: name.to_owned() }),
        Err(error) => return Err(error.into()),
    }
    // The manifest first: without it there is no index, and with it every split must be there.
    storage.delete(&manifest).await?;
    for split in storage.list(&splits_prefix(name)).await? {
        storage.delete(&split.key).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_storage::MemoryStorage;

    use super::*;
    use crate::test_index::TestIndex;

    #[test]
    fn indices_are_made_listed_and_removed() {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        block_on(async {
            assert!(list_indices(&storage).await.expect("listed").is_empty());
            for name in ["b", "a", "a-b"] {
                create_index(&storage, name, &Mapping::default()).await.expect("made");
            }
            let again = create_index(&storage, "a", &Mapping::default()).await.expect_err("it is there");
            insta::assert_snapshot!(again, @"index [a] already exists");
            assert_eq!(list_indices(&storage).await.expect("listed"), ["a", "a-b", "b"]);

            delete_index(&storage, "a").await.expect("removed");
            insta::assert_snapshot!(delete_index(&storage, "a").await.expect_err("gone"), @"no such index [a]");
            insta::assert_snapshot!(TestIndex::open(&storage, "a").await.expect_err("gone"), @"no such index [a]");
            assert_eq!(list_indices(&storage).await.expect("listed"), ["a-b", "b"]);
            create_index(&storage, "a", &Mapping::default()).await.expect("made again");
        });
    }

    #[test]
    fn names_are_checked() {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        block_on(async {
            for result in [
                create_index(&storage, "../a", &Mapping::default()).await,
                delete_index(&storage, "../a").await,
                TestIndex::open(&storage, "../a").await.map(|_| ()),
            ] {
                assert!(matches!(result, Err(IndexError::InvalidName { .. })), "{result:?}");
            }
        });
    }
}
