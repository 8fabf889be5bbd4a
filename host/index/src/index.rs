//! Making, listing and removing indices.

use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
#[cfg(not(target_family = "wasm"))]
use quidditch_storage::Precondition;
use quidditch_storage::{Storage, StorageError};
#[cfg(not(target_family = "wasm"))]
use ulid::Ulid;

use crate::manifest::{Manifest, SplitEntry};
use crate::name::{check_index_name, manifest_key, splits_prefix};
use crate::{IndexError, Mapping};

/// How many indices are looked at at a time.
const LOOKS_AT_A_TIME: usize = 16;

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
    use quidditch_storage::{Counting, MemoryStorage};
    use serde_json::json;

    use super::*;
    use crate::delete_ids;
    use crate::fixture::{INDEX, add_in_splits, manifest, store_with_index};
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
    fn indices_are_summarized() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let lines = "{\"_id\": 1}\n{\"_id\": 2, \"a\": true}\n{\"_id\": 3}";
            add_in_splits(&storage, 2, lines).await;
            delete_ids(&storage, INDEX, &["2"]).await.expect("deleted");
            delete_ids(&storage, INDEX, &["3"]).await.expect("deleted");
            let counting = Arc::new(Counting::new(storage));
            let storage: Arc<dyn Storage> = counting.clone();
            let summary = summarize_index(&storage, INDEX).await.expect("there");
            let counts = counting.counts();
            assert_eq!((counts.gets, counts.heads, counts.lists), (1, 0, 0));
            let manifest = manifest(&storage).await;
            let [split] = manifest.splits.as_slice() else { panic!("the other split has no documents") };
            let expected = IndexSummary {
                name: INDEX.to_owned(),
                documents: 1,
                deleted: 1,
                splits: 1,
                bytes: split.size + split.deletes.as_ref().expect("one is deleted").size,
                retired: 1,
                mapping: manifest.mapping.clone(),
            };
            assert_eq!(summary, expected);
            insta::assert_snapshot!(summarize_index(&storage, "a").await.expect_err("none"), @"no such index [a]");
        });
    }

    #[test]
    fn all_indices_are_listed_and_summarized_whatever_else_is_in_the_store() {
        block_on(async {
            let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
            for name in ["b", "a", "a-b"] {
                create_index(&storage, name, &Mapping::default()).await.expect("made");
            }
            // A removed index whose splits are still there, functions, and what somebody has put there.
            let others = ["left/splits/x.split", "functions/f/manifest.json", "Upper/manifest.json", "manifest.json"];
            for key in others.into_iter().chain(["damaged/manifest.json"]) {
                storage.put(key, "{".into(), Precondition::None).await.expect("written");
            }
            for number in 0..100 {
                storage.put(&format!("a/splits/{number}"), "x".into(), Precondition::None).await.expect("written");
            }
            let counting = Arc::new(Counting::new(storage));
            let storage: Arc<dyn Storage> = counting.clone();
            assert_eq!(list_indices(&storage).await.expect("listed"), ["a", "a-b", "b", "damaged"]);
            let counts = counting.counts();
            assert_eq!((counts.gets, counts.heads, counts.lists), (0, 5, 1));

            let summaries = summarize_indices(&storage).await.expect("listed");
            let names: Vec<_> = summaries.iter().map(|(name, summary)| (name.as_str(), summary.is_ok())).collect();
            assert_eq!(names, [("a", true), ("a-b", true), ("b", true), ("damaged", false)]);
            assert!(matches!(summaries[3].1, Err(IndexError::Damaged { .. })));
            let counts = counting.counts() - counts;
            assert_eq!((counts.gets, counts.heads, counts.lists), (5, 0, 1));
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
