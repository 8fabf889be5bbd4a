//! Deleting an index.

use std::sync::Arc;

use quidditch_index::format::{manifest_key, splits_prefix};
use quidditch_index::{IndexError, check_index_name};
use quidditch_storage::Storage;

/// Deletes an index: its documents, and all other objects in its folder. Open snapshots of it can no longer be searched, except in
/// splits that are already in memory.
///
/// # Errors
/// [`IndexError::NotFound`], [`IndexError::InvalidName`], [`IndexError::Storage`]. After the last, the index may be gone with
/// some splits left, which nothing will ever read.
pub async fn delete_index(storage: &Arc<dyn Storage>, name: &str) -> Result<(), IndexError> {
    check_index_name(name)?;
    let manifest = manifest_key(name);
    let objects = storage.list(&format!("{name}/")).await?;
    let (splits, others): (Vec<_>, Vec<_>) =
        objects.into_iter().map(|object| object.key).partition(|key| key.starts_with(&splits_prefix(name)));
    if !others.contains(&manifest) {
        return Err(IndexError::NotFound { name: name.to_owned() });
    }
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
    use crate::fixture::{TestIndex, memory};
    use crate::{IndexingError, create_index};

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
            for result in [delete_index(&storage, "../a").await, TestIndex::open(&storage, "../a").await.map(|_| ())] {
                assert!(matches!(result, Err(IndexError::InvalidName { .. })), "{result:?}");
            }
        });
    }
}
