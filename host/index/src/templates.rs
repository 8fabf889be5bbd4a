//! Templates of indices, in one object of the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Damage, IndexError};

/// Key of the object with all templates. No index has this name, since none begins with an underscore.
const KEY: &str = "_index_templates.json";

/// The version of the object's format that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// All templates of a store. One object, so that an index template and the component templates that it consists of are always of
/// one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Templates {
    /// Generated with each change: tells a writer whose response was lost whether this is what it wrote.
    pub change: String,
    /// What new indices with certain names get.
    pub index_templates: BTreeMap<String, StoredTemplate>,
    /// Parts of index templates.
    pub component_templates: BTreeMap<String, StoredTemplate>,
}

/// A template as it was given, in the form in which it is shown. Whoever stores it has checked it.
pub type StoredTemplate = Json;

/// The object's JSON.
#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    change: String,
    index_templates: BTreeMap<String, StoredTemplate>,
    component_templates: BTreeMap<String, StoredTemplate>,
}

/// The part that all formats have.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

impl Templates {
    /// Reads the templates of a store, and the version of their object: none if there is no such object.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub async fn read(storage: &Arc<dyn Storage>) -> Result<(Self, Option<Version>), IndexError> {
        let object = match storage.get(KEY).await {
            Ok(object) => object,
            Err(StorageError::NotFound { .. }) => return Ok((Templates::default(), None)),
            Err(error) => return Err(error.into()),
        };
        let templates = Self::decode(&object.bytes).map_err(|reason| IndexError::damaged(KEY, reason))?;
        Ok((templates, Some(object.version)))
    }

    /// Writes the templates of a store if their object still has this version.
    ///
    /// # Errors
    /// Those of [`Storage::put`]: [`StorageError::PreconditionFailed`] if another writer was first.
    pub async fn write(&self, storage: &Arc<dyn Storage>, version: Option<Version>) -> Result<Version, StorageError> {
        let Templates { change, index_templates, component_templates } = self.clone();
        let stored = Stored { format: FORMAT, change, index_templates, component_templates };
        let bytes = serde_json::to_vec(&stored).expect("templates have only text keys");
        let precondition = version.map_or(Precondition::Absent, Precondition::Matches);
        storage.put(KEY, bytes.into(), precondition).await
    }

    fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let unreadable = |error: serde_json::Error| Damage::corrupt(format!("not valid templates: {error}"));
        let AnyFormat { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
        if format != FORMAT {
            return Err(Damage::UnsupportedVersion { found: format, supported: FORMAT });
        }
        let Stored { change, index_templates, component_templates, .. } =
            serde_json::from_slice(bytes).map_err(unreadable)?;
        Ok(Templates { change, index_templates, component_templates })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_and_other_formats_are_reported() {
        insta::assert_snapshot!(Templates::decode(b"[").expect_err("cut off"), @"not valid templates: EOF while parsing a list at line 1 column 1");
        insta::assert_snapshot!(Templates::decode(br#"{"format": 2}"#).expect_err("newer"), @"unsupported format version 2 (this build reads 1)");
    }
}
