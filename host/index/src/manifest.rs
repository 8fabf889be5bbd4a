//! The manifest: what an index consists of.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::name::manifest_key;
use crate::split::FooterPosition;
use crate::{IndexError, Mapping};

/// The version of the manifest's format that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// What an index consists of. Replaced as a whole, so every reader sees one state of the index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Manifest {
    pub(crate) mapping: Mapping,
    pub(crate) splits: Vec<SplitEntry>,
}

/// A split, as the manifest knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SplitEntry {
    /// Its ULID.
    pub(crate) id: String,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) documents: u64,
    pub(crate) footer: FooterPosition,
    /// Smallest and largest value of each numeric column that has any: searches skip splits that cannot match.
    pub(crate) ranges: BTreeMap<String, ColumnRange>,
}

/// Smallest and largest value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum ColumnRange {
    Integers { min: i64, max: i64 },
    Floats { min: f64, max: f64 },
}

/// The manifest's JSON.
#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    mapping: Json,
    /// The names of all fields, in the order in which they were added.
    field_order: Vec<String>,
    settings: Json,
    splits: Vec<SplitEntry>,
}

/// What can be told about a manifest of any format.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

impl Manifest {
    pub(crate) fn new(mapping: Mapping) -> Self {
        Manifest { mapping, splits: Vec::new() }
    }

    /// Reads the manifest of an index, and which version of it that is.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexError::Damaged`], [`IndexError::Storage`].
    pub(crate) async fn read(storage: &Arc<dyn Storage>, index: &str) -> Result<(Self, Version), IndexError> {
        let key = manifest_key(index);
        let object = match storage.get(&key).await {
            Ok(object) => object,
            Err(StorageError::NotFound { .. }) => return Err(IndexError::NotFound { name: index.to_owned() }),
            Err(error) => return Err(error.into()),
        };
        let manifest = Self::decode(&object.bytes).map_err(|what| IndexError::Damaged { object: key, what })?;
        Ok((manifest, object.version))
    }

    /// Writes the manifest of an index.
    ///
    /// # Errors
    /// [`StorageError::PreconditionFailed`] where somebody else was first, and all others.
    pub(crate) async fn write(
        &self,
        storage: &Arc<dyn Storage>,
        index: &str,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        storage.put(&manifest_key(index), self.encode(), precondition).await
    }

    fn encode(&self) -> Bytes {
        let stored = Stored {
            format: FORMAT,
            mapping: self.mapping.to_json(),
            field_order: self.mapping.field_order().map(str::to_owned).collect(),
            settings: self.mapping.settings_to_json(),
            splits: self.splits.clone(),
        };
        serde_json::to_vec(&stored).expect("a manifest has only text keys").into()
    }

    fn decode(bytes: &[u8]) -> Result<Self, String> {
        let unreadable = |error: serde_json::Error| format!("it cannot be read: {error}");
        let AnyFormat { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
        if format != FORMAT {
            return Err(format!("its format has the version {format}; this program reads version {FORMAT}"));
        }
        let stored: Stored = serde_json::from_slice(bytes).map_err(unreadable)?;
        let mapping = Mapping::from_stored(&stored.mapping, &stored.settings, &stored.field_order);
        Ok(Manifest { mapping: mapping.map_err(|error| error.to_string())?, splits: stored.splits })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest() -> Manifest {
        let json = json!({"properties": {"population": {"type": "long"}, "area": {"type": "double"}}});
        let ranges = BTreeMap::from([
            ("population".to_owned(), ColumnRange::Integers { min: i64::MIN, max: i64::MAX }),
            ("area".to_owned(), ColumnRange::Floats { min: -1.0, max: 5e-324 }),
        ]);
        let footer = FooterPosition { offset: 900, length: 100 };
        let split = SplitEntry { id: "01J".to_owned(), size: 1000, documents: 3, footer, ranges };
        Manifest { mapping: Mapping::from_json(&json).expect("valid"), splits: vec![split] }
    }

    #[test]
    fn what_is_written_is_read() {
        let manifest = manifest();
        assert_eq!(Manifest::decode(&manifest.encode()), Ok(manifest));
    }

    #[test]
    fn the_format_is_as_documented() {
        let json: Json = serde_json::from_slice(&manifest().encode()).expect("JSON");
        insta::assert_snapshot!(json.to_string(), @r#"{"format":1,"mapping":{"properties":{"area":{"type":"double"},"population":{"type":"long"}}},"field_order":["population","area"],"settings":{},"splits":[{"id":"01J","size":1000,"documents":3,"footer":{"offset":900,"length":100},"ranges":{"area":{"min":-1.0,"max":5e-324},"population":{"min":-9223372036854775808,"max":9223372036854775807}}}]}"#);
    }

    #[test]
    fn damage_and_newer_formats_are_told() {
        insta::assert_snapshot!(Manifest::decode(b"{").expect_err("cut off"), @"it cannot be read: EOF while parsing an object at line 1 column 1");
        insta::assert_snapshot!(Manifest::decode(br#"{"format": 2}"#).expect_err("newer"), @"its format has the version 2; this program reads version 1");
        insta::assert_snapshot!(Manifest::decode(br#"{"format": 1}"#).expect_err("incomplete"), @"it cannot be read: missing field `mapping` at line 1 column 13");
    }
}
