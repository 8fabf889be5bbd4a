//! Templates of indices, in one object of the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use quidditch_storage::{Storage, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::IndexError;
use crate::store_object::{StoreObject, read_store_object};

/// All templates of a store. One object, so that an index template and the component templates that it consists of are always of
/// one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Templates {
    /// Generated with each change: tells a writer whose response was lost whether this is what it wrote.
    pub change: String,
    /// What new indices with certain names get.
    pub index_templates: BTreeMap<String, StoredTemplate>,
    /// Parts of index templates.
    pub component_templates: BTreeMap<String, StoredTemplate>,
}

/// A template as it was given, in the form in which it is shown. It was checked before it was stored.
pub type StoredTemplate = Json;

impl StoreObject for Templates {
    const KEY: &'static str = "_index_templates.json";
    const CONTENT: &'static str = "templates";
    const FORMAT: u32 = 1;

    fn change(&mut self) -> &mut String {
        &mut self.change
    }
}

impl Templates {
    /// Reads the templates of a store, and the version of their object: none if there is no such object.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub async fn read(storage: &Arc<dyn Storage>) -> Result<(Self, Option<Version>), IndexError> {
        read_store_object(storage).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store_object::decode;

    #[test]
    fn damage_and_other_formats_are_reported() {
        insta::assert_snapshot!(decode::<Templates>(b"[").expect_err("cut off").with_cause(), @"not valid templates: EOF while parsing a list at line 1 column 1");
        insta::assert_snapshot!(decode::<Templates>(br#"{"format": 2}"#).expect_err("newer"), @"unsupported format version 2 (this build reads 1)");
    }
}
