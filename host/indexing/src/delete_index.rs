//! Deleting an index.

use std::sync::Arc;

use quidditch_index::format::{manifest_key, splits_prefix};
use quidditch_index::{IndexError, check_index_name};
use quidditch_storage::Storage;

use crate::IndexingError;
use crate::forget_index::forget_index;

/// Deletes an index: its documents, all other objects in its folder, and its aliases. Open snapshots of it can no longer be searched, except in
/// splits that are already in memory.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Storage`],
/// [`IndexingError::Contention`] for the aliases. After [`IndexError::Storage`], the index may be gone with
/// some splits left, which nothing will ever read.
pub async fn delete_index(storage: &Arc<dyn Storage>, name: &str) -> Result<(), IndexingError> {
    check_index_name(name)?;
    let manifest = manifest_key(name);
    let objects = storage.list(&format!("{name}/")).await?;
    let (splits, others): (Vec<_>, Vec<_>) =
        objects.into_iter().map(|object| object.key).partition(|key| key.starts_with(&splits_prefix(name)));
    if !others.contains(&manifest) {
        return Err(IndexError::NotFound { name: name.to_owned() }.into());
    }
    // Before the manifest, since an index that is created under the same name must not have these aliases.
    forget_index(storage, name).await?;
    // Other objects record which files were added: an index that is created under the same name must not skip these files. If a
    // later step fails, the files are added again, which changes nothing.
    for key in others.iter().filter(|key| **key != manifest) {
        storage.delete(key).await?;
    }
    // The manifest before the splits, since every split that it lists must exist.
    storage.delete(&manifest).await?;
    for key in &splits {
        storage.delete(key).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_index::{Mapping, list_indices};
    use quidditch_storage::Precondition;

    use super::*;
    use crate::create_index;
    use crate::fixture::{TestIndex, memory};

    #[test]
    fn indices_are_created_listed_and_deleted() {
        let storage = memory();
        block_on(async {
            assert!(list_indices(&storage).await.expect("listed").is_empty());
            for name in ["b", "a", "a-b"] {
                create_index(&storage, name, &Mapping::default()).await.expect("created");
            }
            let again = create_index(&storage, "a", &Mapping::default()).await.expect_err("it exists");
            insta::assert_snapshot!(again, @"index [a] already exists");
            assert_eq!(list_indices(&storage).await.expect("listed"), ["a", "a-b", "b"]);

            for key in ["a/ingested/f.json", "a/splits/x.split"] {
                storage.put(key, "x".into(), Precondition::None).await.expect("written");
            }
            delete_index(&storage, "a").await.expect("removed");
            assert!(storage.list("a/").await.expect("listed").is_empty());
            insta::assert_snapshot!(delete_index(&storage, "a").await.expect_err("gone"), @"no such index [a]");
            insta::assert_snapshot!(TestIndex::open(&storage, "a").await.expect_err("gone"), @"no such index [a]");
            assert_eq!(list_indices(&storage).await.expect("listed"), ["a-b", "b"]);
            create_index(&storage, "a", &Mapping::default()).await.expect("created again");
        });
    }

    #[test]
    fn names_are_checked() {
        let storage = memory();
        block_on(async {
            let created = create_index(&storage, "../a", &Mapping::default()).await;
            assert!(matches!(created, Err(IndexingError::Index(IndexError::InvalidName { .. }))), "{created:?}");
            let deleted = delete_index(&storage, "../a").await;
            assert!(matches!(deleted, Err(IndexingError::Index(IndexError::InvalidName { .. }))), "{deleted:?}");
            let opened = TestIndex::open(&storage, "../a").await.map(|_| ());
            assert!(matches!(opened, Err(IndexError::InvalidName { .. })), "{opened:?}");
        });
    }
}
