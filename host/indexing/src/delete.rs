//! Deleting an index.

use std::sync::Arc;

use quidditch_index::format::{manifest_key, splits_prefix};
use quidditch_index::{IndexError, check_index_name};
use quidditch_storage::Storage;

/// Removes an index with its documents and all that is kept beside them. Snapshots that are open stay readable.
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
    // What else is there says that files were added: an index of the same name would stay without them. Should the rest fail,
    // they are added once more, which changes nothing.
    for key in others.iter().filter(|key| **key != manifest) {
        storage.delete(key).await?;
    }
    // The manifest before the splits: without it there is no index, and with it every split must be there.
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
    use quidditch_storage::{MemoryStorage, Precondition};

    use super::*;
    use crate::create_index;
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

            for key in ["a/ingested/f.json", "a/splits/x.split"] {
                storage.put(key, "x".into(), Precondition::None).await.expect("written");
            }
            delete_index(&storage, "a").await.expect("removed");
            assert!(storage.list("a/").await.expect("listed").is_empty());
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
