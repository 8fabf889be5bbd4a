//! Changing the mapping and the settings of an index.

use std::collections::BTreeMap;

use quidditch_index::format::Manifest;
use serde_json::Value as Json;

use crate::commit::Change;
use crate::{IndexWriter, IndexingError};

impl IndexWriter {
    /// Adds fields and options to the mapping, see [`quidditch_index::Mapping::updated`].
    ///
    /// # Errors
    /// [`IndexingError::Mapping`], and those of committing.
    pub async fn update_mapping(&self, update: &Json) -> Result<(), IndexingError> {
        self.commit(&mut UpdateMapping { update }).await?;
        Ok(())
    }

    /// Keeps settings that have no effect, by their names without `index.`; `None` removes one.
    ///
    /// # Errors
    /// Those of committing.
    pub async fn update_settings(&self, changes: &BTreeMap<String, Option<String>>) -> Result<(), IndexingError> {
        self.commit(&mut UpdateSettings { changes }).await?;
        Ok(())
    }
}

struct UpdateMapping<'a> {
    update: &'a Json,
}

impl Change for UpdateMapping<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        manifest.mapping = manifest.mapping.updated(self.update)?;
        Ok(())
    }
}

struct UpdateSettings<'a> {
    changes: &'a BTreeMap<String, Option<String>>,
}

impl Change for UpdateSettings<'_> {
    async fn apply(&mut self, manifest: &mut Manifest) -> Result<(), IndexingError> {
        for (name, value) in self.changes {
            manifest.mapping.keep_setting(name, value.as_deref());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use serde_json::json;

    use super::*;
    use crate::fixture::{add, manifest, store_with_index, writer};

    #[test]
    fn documents_that_are_added_later_have_the_new_fields() {
        block_on(async {
            let storage =
                store_with_index(json!({ "dynamic": "strict", "properties": { "b": { "type": "long" } } })).await;
            add(&storage, r#"{"b": 1}"#).await;
            let update = json!({ "properties": { "a": { "type": "keyword" } } });
            writer(&storage).update_mapping(&update).await.expect("valid");
            add(&storage, r#"{"a": "x", "b": 2}"#).await;
            let manifest = manifest(&storage).await;
            assert_eq!(manifest.mapping.field_order().collect::<Vec<_>>(), ["b", "a"]);
            let conflict = json!({ "properties": { "a": { "type": "long" } } });
            let error = writer(&storage).update_mapping(&conflict).await.expect_err("another type");
            insta::assert_snapshot!(error, @"mapper [a] cannot be changed from type [keyword] to [long]");
        });
    }

    #[test]
    fn settings_are_kept_and_removed() {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let changes =
                |value: Option<&str>| BTreeMap::from([("refresh_interval".to_owned(), value.map(str::to_owned))]);
            writer(&storage).update_settings(&changes(Some("5s"))).await.expect("kept");
            add(&storage, r#"{"new": 1}"#).await;
            assert_eq!(manifest(&storage).await.mapping.kept_settings()["refresh_interval"], "5s");
            writer(&storage).update_settings(&changes(None)).await.expect("removed");
            assert!(manifest(&storage).await.mapping.kept_settings().is_empty());
        });
    }
}
