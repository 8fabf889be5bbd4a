//! Copying an index to another store.

use std::sync::Arc;

use quidditch_index::format::{Manifest, manifest_key, splits_prefix};
use quidditch_index::{IndexError, check_index_name};
use quidditch_storage::{Precondition, Storage};

/// Copies the current state of an index: the objects that are needed to read it, and no others. It becomes visible in the other
/// store when all of it is there, and replaces an index of the same name. Returns the size of its splits and deletes objects in
/// bytes.
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
    // Retired objects were not copied.
    manifest.retired.clear();
    to.put(&manifest_key(name), manifest.encode(), Precondition::None).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use serde_json::json;

    use super::*;
    use crate::fixture::{INDEX, add, assert_sound, documents, memory, store_with_index};

    #[test]
    fn a_copy_is_complete_and_contains_nothing_else() {
        block_on(async {
            let from = store_with_index(json!({})).await;
            let to = memory();
            // The second replaces the first, so the split has a deletes object.
            add(&from, "{\"_id\": \"1\", \"a\": 1}\n{\"_id\": \"2\"}").await;
            add(&from, "{\"_id\": \"1\", \"a\": 2}").await;
            from.put("cities/splits/of-another-writer.split", "x".into(), Precondition::None).await.expect("written");

            let bytes = copy_index(&from, &to, INDEX).await.expect("copied");
            assert_sound(&to).await;
            assert_eq!(documents(&to).await, documents(&from).await);
            let copied = to.list("").await.expect("listed");
            let manifest = to.head("cities/manifest.json").await.expect("it exists").size;
            assert_eq!(copied.iter().map(|entry| entry.size).sum::<u64>(), bytes + manifest);
            assert!(copied.iter().all(|entry| !entry.key.contains("another")), "{copied:?}");

            let missing = copy_index(&from, &to, "nothing").await.expect_err("no index");
            insta::assert_snapshot!(missing, @"no such index [nothing]");
        });
    }
}
