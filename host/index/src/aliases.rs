//! Aliases: other names of indices, in one object of the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use quidditch_storage::{Storage, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::IndexError;
use crate::store_object::{StoreObject, read_store_object};

/// All aliases of a store. One object, so that several of them change together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Aliases {
    /// Generated with each change: tells a writer whose response was lost whether this is what it wrote.
    pub change: String,
    /// What each alias stands for: indices by their names. No alias is without an index.
    #[serde(rename = "aliases")]
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

impl StoreObject for Aliases {
    const KEY: &'static str = "_aliases.json";
    const CONTENT: &'static str = "aliases";
    const FORMAT: u32 = 1;

    fn change(&mut self) -> &mut String {
        &mut self.change
    }
}

impl Aliases {
    /// The indices of an alias; `None` if it does not exist.
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
        read_store_object(storage).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store_object::{decode, encode};

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
        let encoded = encode(&aliases());
        insta::assert_snapshot!(std::str::from_utf8(&encoded).expect("UTF-8"), @r#"{"format":1,"change":"01J","aliases":{"all":{"a":{},"b":{"filter":{"term":{"k":"red"}},"is_write_index":true}},"red":{"a":{"filter":{"term":{"k":"red"}},"is_write_index":true}}}}"#);
        assert_eq!(decode(&encoded), Ok(aliases()));
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
        insta::assert_snapshot!(decode::<Aliases>(b"[").expect_err("cut off").with_cause(), @"not valid aliases: EOF while parsing a list at line 1 column 1");
        insta::assert_snapshot!(decode::<Aliases>(br#"{"format": 2}"#).expect_err("newer"), @"unsupported format version 2 (this build reads 1)");
        insta::assert_snapshot!(decode::<Aliases>(br#"{"format": 1}"#).expect_err("incomplete").with_cause(), @"not valid aliases: missing field `change` at line 1 column 13");
    }
}
