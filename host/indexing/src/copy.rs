//! Copying an index to another store.

use std::sync::Arc;

use quidditch_index::format::{Manifest, manifest_key, splits_prefix};
use quidditch_index::{IndexError, check_index_name};
use quidditch_storage::{Precondition, Storage};

/// Copies an index as it is at this moment, with what is needed to read it and nothing else. It appears in the other store when
/// all of it is there; an index that was there under its name is replaced. Gives the number of bytes of its splits.
///
/// # Errors
/// [`IndexError::InvalidName`], [`IndexError::NotFound`], [`IndexError::Damaged`], [`IndexError::Storage`] for either store.
pub async fn copy_index(from: &Arc<dyn Storage>, to: &Arc<dyn Storage>, name: &str) -> Result<u64, IndexError> {
    check_index_name(name)?;
    let (mut manifest, _) = Manifest::read(from, name).await?;
    let mut bytes = 0;
    for object in manifest.objects() {
        let key = format!("{}{object}", splits_prefix(name));
        let content = from.get(&key).await?.bytes;
        bytes += content.len() as u64;
        to.put(&key, content, Precondition::None).await?;
    }
    // What readers of the other store still use is not here.
    manifest.retired.clear();
    to.put(&manifest_key(name), manifest.encode(), Precondition::None).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use quidditch_storage::MemoryStorage;

    use quidditch_index::Mapping;

    use super::*;
    use crate::{AddOptions, add_documents, create_index, verify_index};

    #[test]
    fn a_copy_is_whole_and_holds_nothing_else() {
        block_on(async {
            let from: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
            let to: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
            let mapping = Mapping::from_json(&serde_json::json!({ "properties": { "a": { "type": "long" } } }));
            create_index(&from, "numbers", &mapping.expect("valid")).await.expect("new");
            // The second takes the place of the first, which is marked as deleted.
            for document in ["{\"_id\": \"1\", \"a\": 1}", "{\"_id\": \"1\", \"a\": 2}"] {
                let added = add_documents(&from, "numbers", document.as_bytes(), &AddOptions::default(), |_| ()).await;
                added.expect("added");
            }
            from.put("numbers/splits/of-another-writer.split", "x".into(), Precondition::None).await.expect("written");

            let bytes = copy_index(&from, &to, "numbers").await.expect("copied");
            let report = verify_index(&to, "numbers", |_| ()).await.expect("read");
            assert_eq!((report.problems, report.documents), (Vec::new(), 1));
            let copied = to.list("").await.expect("a listing");
            let manifest = to.head("numbers/manifest.json").await.expect("it is there").size;
            assert_eq!(copied.iter().map(|entry| entry.size).sum::<u64>(), bytes + manifest);
            assert!(copied.iter().all(|entry| !entry.key.contains("another")), "{copied:?}");

            let missing = copy_index(&from, &to, "nothing").await.expect_err("there is no such index");
            assert_eq!(missing.to_string(), "no such index [nothing]");
        });
    }
}
