//! Aliases: other names of indices, in one object of the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Damage, IndexError};

/// Key of the object with all aliases. No index has this name, since none begins with an underscore.
const KEY: &str = "_aliases.json";

/// The version of the object's format that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// All aliases of a store. One object, so that several of them change together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aliases {
    /// Generated with each change: tells a writer whose response was lost whether this is what it wrote.
    pub change: String,
    /// What each alias stands for: indices by their names. No alias is without an index.
    pub by_name: BTreeMap<String, BTreeMap<String, AliasOptions>>,
}

/// What an alias says about one of its indices.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AliasOptions {
    /// A query: searches that use the alias find matching documents only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Json>,
    /// Whether clients should add documents to this index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_write_index: Option<bool>,
}

/// The object's JSON.
#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    change: String,
    aliases: BTreeMap<String, BTreeMap<String, AliasOptions>>,
}

/// The part that all formats have.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

impl Aliases {
    /// The indices of an alias; `None` if there is no such alias.
    pub fn indices(&self, alias: &str) -> Option<&BTreeMap<String, AliasOptions>> {
        self.by_name.get(alias)
    }

    /// The aliases of an index, with what they say about it, sorted.
    pub fn of_index<'a>(&'a self, index: &'a str) -> impl Iterator<Item = (&'a str, &'a AliasOptions)> {
        self.by_name.iter().filter_map(move |(alias, indices)| Some((alias.as_str(), indices.get(index)?)))
    }

    /// Reads the aliases of a store, and the version of their object: none if there is no such object.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], [`IndexError::Storage`].
    pub async fn read(storage: &Arc<dyn Storage>) -> Result<(Self, Option<Version>), IndexError> {
        let object = match storage.get(KEY).await {
            Ok(object) => object,
            Err(StorageError::NotFound { .. }) => return Ok((Aliases::default(), None)),
            Err(error) => return Err(error.into()),
        };
        let aliases = Self::decode(&object.bytes).map_err(|reason| IndexError::damaged(KEY, reason))?;
        Ok((aliases, Some(object.version)))
    }

    /// Writes the aliases of a store if their object still has this version.
    ///
    /// # Errors
    /// Those of [`Storage::put`]: [`StorageError::PreconditionFailed`] if another writer was first.
    pub async fn write(&self, storage: &Arc<dyn Storage>, version: Option<Version>) -> Result<Version, StorageError> {
        let precondition = version.map_or(Precondition::Absent, Precondition::Matches);
        storage.put(KEY, self.encode(), precondition).await
    }

    fn encode(&self) -> Bytes {
        let stored = Stored { format: FORMAT, change: self.change.clone(), aliases: self.by_name.clone() };
        serde_json::to_vec(&stored).expect("aliases have only text keys").into()
    }

    fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let unreadable = |error: serde_json::Error| Damage::corrupt(format!("not valid aliases: {error}"));
        let AnyFormat { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
        if format != FORMAT {
            return Err(Damage::UnsupportedVersion { found: format, supported: FORMAT });
        }
        let Stored { change, aliases, .. } = serde_json::from_slice(bytes).map_err(unreadable)?;
        Ok(Aliases { change, by_name: aliases })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn aliases() -> Aliases {
        let red = AliasOptions { filter: Some(json!({"term": {"k": "red"}})), is_write_index: Some(true) };
        let by_name = [("all", vec![("a", AliasOptions::default()), ("b", red.clone())]), ("red", vec![("a", red)])];
        let indices = |(alias, indices): (&str, Vec<(&str, AliasOptions)>)| {
            let indices = indices.into_iter().map(|(index, options)| (index.to_owned(), options)).collect();
            (alias.to_owned(), indices)
        };
        Aliases { change: "01J".to_owned(), by_name: by_name.into_iter().map(indices).collect() }
    }

    #[test]
    fn the_format_is_as_documented() {
        let encoded = aliases().encode();
        insta::assert_snapshot!(std::str::from_utf8(&encoded).expect("UTF-8"), @r#"{"format":1,"change":"01J","aliases":{"all":{"a":{},"b":{"filter":{"term":{"k":"red"}},"is_write_index":true}},"red":{"a":{"filter":{"term":{"k":"red"}},"is_write_index":true}}}}"#);
        assert_eq!(Aliases::decode(&encoded), Ok(aliases()));
    }

    #[test]
    fn aliases_are_found_by_name_and_by_index() {
        let aliases = aliases();
        let of_index = |index: &str| aliases.of_index(index).map(|(alias, _)| alias.to_owned()).collect::<Vec<_>>();
        assert_eq!(of_index("a"), ["all", "red"]);
        assert_eq!(of_index("b"), ["all"]);
        assert!(of_index("c").is_empty());
        assert_eq!(aliases.indices("all").map(BTreeMap::len), Some(2));
        assert_eq!(aliases.indices("a"), None);
    }

    #[test]
    fn damage_and_other_formats_are_reported() {
        insta::assert_snapshot!(Aliases::decode(b"[").expect_err("cut off"), @"not valid aliases: EOF while parsing a list at line 1 column 1");
        insta::assert_snapshot!(Aliases::decode(br#"{"format": 2}"#).expect_err("newer"), @"unsupported format version 2 (this build reads 1)");
        insta::assert_snapshot!(Aliases::decode(br#"{"format": 1}"#).expect_err("incomplete"), @"not valid aliases: missing field `change` at line 1 column 13");
    }
}
