//! Creating an index.

use std::sync::Arc;

use quidditch_index::format::{Manifest, splits_prefix};
use quidditch_index::{Aliases, Mapping, check_index_name};
use quidditch_storage::{Precondition, Storage, StorageError, check_conditional_writes};
use ulid::Ulid;

use crate::IndexingError;

/// Creates an empty index.
///
/// First checks that the store honours the preconditions of writes. Without them, this function could empty an existing index,
/// and concurrent writers would lose each other's changes.
///
/// # Errors
/// [`IndexingError::AlreadyExists`], [`IndexingError::IsAlias`], [`IndexError::InvalidName`], [`IndexError::Storage`].
///
/// [`IndexError::InvalidName`]: quidditch_index::IndexError::InvalidName
/// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
pub async fn create_index(storage: &Arc<dyn Storage>, name: &str, mapping: &Mapping) -> Result<(), IndexingError> {
    check_index_name(name)?;
    if Aliases::read(storage).await?.0.indices(name).is_some() {
        return Err(IndexingError::IsAlias { name: name.to_owned() });
    }
    // Among the splits, so that the garbage collection removes it if this process is killed.
    let probe = format!("{}{}.probe", splits_prefix(name), Ulid::generate());
    check_conditional_writes(&**storage, &probe).await?;
    let manifest = Manifest::new(Ulid::generate().to_string(), mapping.clone());
    match manifest.write(storage, name, Precondition::Absent).await {
        Ok(_) => Ok(()),
        // Storages retry requests whose responses are lost. Then the first write succeeds, and the second is refused.
        Err(StorageError::PreconditionFailed { .. }) => match Manifest::read(storage, name).await {
            Ok((existing, _)) if existing.id == manifest.id => Ok(()),
            _ => Err(IndexingError::AlreadyExists { name: name.to_owned() }),
        },
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use futures::executor::block_on;
    use quidditch_index::IndexError;
    use quidditch_test_storage::{InterceptStorage, Operation};
    use serde_json::json;

    use super::*;
    use crate::fixture::{
        INDEX, add, documents, ignoring_preconditions, interrupted, memory, objects, store_with_index,
    };

    #[test]
    fn an_index_is_not_emptied_by_a_store_that_ignores_preconditions() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            add(&storage, "{\"_id\": \"1\"}").await;
            let (before, stored) = (documents(&storage).await, objects(&storage).await);

            let careless = ignoring_preconditions(&storage);
            for name in [INDEX, "another"] {
                let error = create_index(&careless, name, &Mapping::default()).await.expect_err("unsafe");
                let IndexingError::Index(IndexError::Storage(cause)) = &error else { panic!("{error:?}") };
                assert!(matches!(cause, StorageError::NoConditionalWrites { .. }), "{cause:?}");
                let reason = cause.source().expect("what the store did").to_string();
                insta::allow_duplicates! {
                    insta::assert_snapshot!(reason, @"it replaced an object although the write required that none exists");
                }
            }
            assert_eq!(documents(&storage).await, before);
            assert_eq!(objects(&storage).await, stored);
            assert!(storage.list("another/").await.expect("listed").is_empty());
        });
    }

    #[test]
    fn of_several_writers_one_creates_the_index() {
        block_on(async {
            let inner = memory();
            let others = inner.clone();
            let mapping = Mapping::from_json(&json!({ "properties": { "other": { "type": "long" } } })).expect("valid");
            let other = async move { create_index(&others, "a", &mapping).await.expect("it is the first") };
            let storage = interrupted(&inner, "a/manifest.json", other);
            let error = create_index(&storage, "a", &Mapping::default()).await.expect_err("it is the second");
            assert!(matches!(error, IndexingError::AlreadyExists { .. }), "{error:?}");
            let (manifest, _) = Manifest::read(&inner, "a").await.expect("readable");
            assert!(manifest.mapping.field("other").is_some());
        });
    }

    #[test]
    fn a_lost_response_is_recognised() {
        block_on(async {
            let inner = memory();
            let storage = InterceptStorage::new(inner.clone()).after(|call| {
                let is_manifest = matches!(call.operation, Operation::Put(_)) && call.key == "a/manifest.json";
                if is_manifest { Err(StorageError::PreconditionFailed { key: call.key.clone() }) } else { Ok(()) }
            });
            let storage: Arc<dyn Storage> = Arc::new(storage);
            create_index(&storage, "a", &Mapping::default()).await.expect("it was created");
            Manifest::read(&inner, "a").await.expect("it is there");
        });
    }

    #[test]
    fn the_check_leaves_nothing_behind() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let keys: Vec<_> = storage.list("").await.expect("listed").into_iter().map(|entry| entry.key).collect();
            assert_eq!(keys, ["cities/manifest.json"]);
        });
    }
}
