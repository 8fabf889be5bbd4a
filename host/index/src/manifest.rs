//! The manifest: what an index consists of.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use quidditch_storage::{Precondition, Storage, StorageError, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::footers::Footers;
use crate::name::manifest_key;
use crate::{Damage, IndexError, Mapping, SplitId};

/// The version of the manifest's format that this program writes. It also stands for what the splits contain: it grows when an
/// analyzer makes other terms of the same text, or a field other values of the same document, because a search would not find what
/// was indexed before or is indexed after.
const FORMAT: u32 = 3;

/// The oldest version that this program reads. The splits of version 2 have terms of numbers, too, which it does not need.
const OLDEST_FORMAT: u32 = 2;

/// What an index consists of. Replaced as a whole, so every reader sees one state of the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Generated with the index: distinguishes it from an index that is created later under the same name.
    pub id: String,
    /// Generated with each change: tells a writer whose response was lost whether this is what it wrote.
    pub change: String,
    /// The fields.
    pub mapping: Mapping,
    /// In the order in which they were added.
    pub splits: Vec<SplitEntry>,
    /// Copies of the footers of some splits.
    pub footers: Option<Footers>,
    /// Objects that are not part of the index any more.
    pub retired: Vec<Retired>,
    /// The sequence number of the next write.
    pub next_seq_no: u64,
}

/// A split, as the manifest describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitEntry {
    /// Its ULID.
    pub id: SplitId,
    /// Size of its object in bytes.
    pub size: u64,
    /// Number of documents of tantivy, including nested objects and deleted ones.
    pub documents: u64,
    /// How many of these are nested objects.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub nested: u64,
    /// Where its footer is.
    pub footer: FooterPosition,
    /// Smallest and largest value of each numeric column that has any: searches skip splits that cannot match.
    pub ranges: BTreeMap<String, ColumnRange>,
    /// Smallest and largest `_id`: looking up ids skips splits that cannot have them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<IdRange>,
    /// How many documents have terms in each field whose terms are scored, and how many terms; a field without terms is absent.
    /// `None` for a split that was added before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistics: Option<BTreeMap<String, FieldStatistics>>,
    /// Which documents are deleted, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletes: Option<Deletes>,
}

/// Where a split's footer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FooterPosition {
    /// Offset from the start of the split in bytes, which is the length of the data.
    pub offset: u64,
    /// Length in bytes, up to the end of the split.
    pub length: u64,
}

/// What BM25 scores are computed from, for one field. Deleted documents count until their split is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FieldStatistics {
    /// Documents that have at least one term in the field.
    pub documents: u64,
    /// Terms in all of these documents together. A text counts each occurrence of a term, a keyword each of its values once.
    pub terms: u64,
}

/// The deletes object of a split: it holds which documents are deleted, and is replaced by another object when more are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletes {
    /// Its name among the splits: `<ULID of the split>-<own ULID>.deletes`.
    pub object: String,
    /// Number of deleted documents, without their nested objects, which are not marked.
    pub documents: u64,
    /// Size of the object in bytes.
    pub size: u64,
    /// CRC-32 of the whole object.
    pub crc32: u32,
}

/// Smallest and largest `_id` of a split, compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdRange {
    /// The smallest.
    pub min: String,
    /// The largest.
    pub max: String,
}

/// An object that an earlier manifest listed. Snapshots of that manifest still read it for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// Its name among the splits.
    pub object: String,
    /// When it was retired, in milliseconds since 1970.
    pub at: i64,
}

/// Smallest and largest value of a column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ColumnRange {
    /// Of a column of integers or dates.
    Integers {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// Of a column of floats.
    Floats {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
}

/// The manifest's JSON.
#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    id: String,
    change: String,
    mapping: Json,
    /// The names of all fields, in the order in which they were added.
    field_order: Vec<String>,
    settings: Json,
    splits: Vec<SplitEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    footers: Option<Footers>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retired: Vec<Retired>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_seq_no: Option<u64>,
}

/// The part that manifests of all formats have.
#[derive(Deserialize)]
struct AnyFormat {
    format: u32,
}

impl std::ops::AddAssign for FieldStatistics {
    fn add_assign(&mut self, other: Self) {
        self.documents = self.documents.saturating_add(other.documents);
        self.terms = self.terms.saturating_add(other.terms);
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it; the lint depends on the size of pointers")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl SplitEntry {
    /// The name of its object among the splits.
    pub fn object(&self) -> String {
        format!("{}.split", self.id)
    }

    /// Number of deleted documents.
    pub fn deleted(&self) -> u64 {
        self.deletes.as_ref().map_or(0, |deletes| deletes.documents)
    }

    /// Number of documents that are not deleted, without nested objects.
    pub fn live(&self) -> u64 {
        self.stored().saturating_sub(self.nested)
    }

    /// The same with nested objects.
    pub fn stored(&self) -> u64 {
        self.documents.saturating_sub(self.deleted())
    }
}

impl Manifest {
    /// The manifest of an empty index.
    pub fn new(id: String, mapping: Mapping) -> Self {
        let (splits, retired) = (Vec::new(), Vec::new());
        Manifest { change: id.clone(), id, mapping, splits, footers: None, retired, next_seq_no: 0 }
    }

    /// The names of all objects that are needed to read the index.
    pub fn objects(&self) -> impl Iterator<Item = String> {
        let splits = self.splits.iter().flat_map(|split| {
            let deletes = split.deletes.as_ref().map(|deletes| deletes.object.clone());
            [split.object()].into_iter().chain(deletes)
        });
        splits.chain(self.footers.iter().map(|footers| footers.object.clone()))
    }

    /// Checks that this is still the index that had this id.
    ///
    /// # Errors
    /// [`IndexError::NotFound`] if the index was deleted and another was created under its name.
    pub fn check_id(&self, id: &str, index: &str) -> Result<(), IndexError> {
        if self.id == id { Ok(()) } else { Err(IndexError::NotFound { name: index.to_owned() }) }
    }

    /// Records an object that is no longer part of the index.
    pub fn retire(&mut self, object: String, at: i64) {
        self.retired.push(Retired { object, at });
    }

    /// Reads the manifest of an index. Also returns its version.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexError::Damaged`], [`IndexError::Storage`].
    pub async fn read(storage: &Arc<dyn Storage>, index: &str) -> Result<(Self, Version), IndexError> {
        let (manifest, version, _) = Self::read_sized(storage, index).await?;
        Ok((manifest, version))
    }

    /// The same, with the number of bytes that were read.
    pub(crate) async fn read_sized(
        storage: &Arc<dyn Storage>,
        index: &str,
    ) -> Result<(Self, Version, u64), IndexError> {
        let key = manifest_key(index);
        let object = match storage.get(&key).await {
            Ok(object) => object,
            Err(StorageError::NotFound { .. }) => return Err(IndexError::NotFound { name: index.to_owned() }),
            Err(error) => return Err(error.into()),
        };
        let manifest = Self::decode(&object.bytes).map_err(|reason| IndexError::damaged(key, reason))?;
        Ok((manifest, object.version, object.bytes.len() as u64))
    }

    /// Writes the manifest of an index.
    ///
    /// # Errors
    /// Those of [`Storage::put`]: [`StorageError::PreconditionFailed`] if another writer was first.
    pub async fn write(
        &self,
        storage: &Arc<dyn Storage>,
        index: &str,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        storage.put(&manifest_key(index), self.encode(), precondition).await
    }

    /// The manifest's JSON.
    pub fn encode(&self) -> Bytes {
        let stored = Stored {
            format: FORMAT,
            id: self.id.clone(),
            change: self.change.clone(),
            mapping: self.mapping.to_json(),
            field_order: self.mapping.field_order().map(str::to_owned).collect(),
            settings: self.mapping.stored_settings(),
            splits: self.splits.clone(),
            footers: self.footers.clone(),
            retired: self.retired.clone(),
            next_seq_no: Some(self.next_seq_no).filter(|number| *number != first_seq_no(&self.splits)),
        };
        serde_json::to_vec(&stored).expect("a manifest has only text keys").into()
    }

    /// Reads a manifest's JSON.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let unreadable = |error: serde_json::Error| Damage::unparsable("not a valid manifest", error);
        let AnyFormat { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
        if format < OLDEST_FORMAT {
            return Err(Damage::OutdatedVersion { found: format, supported: FORMAT });
        }
        if format > FORMAT {
            return Err(Damage::UnsupportedVersion { found: format, supported: FORMAT });
        }
        let stored: Stored = serde_json::from_slice(bytes).map_err(unreadable)?;
        let mapping = Mapping::from_stored(&stored.mapping, &stored.settings, &stored.field_order);
        let mapping = mapping.map_err(|error| Damage::unparsable("not a valid manifest", error))?;
        let Stored { id, change, splits, footers, retired, next_seq_no, .. } = stored;
        let next_seq_no = next_seq_no.unwrap_or_else(|| first_seq_no(&splits));
        Ok(Manifest { id, change, mapping, splits, footers, retired, next_seq_no })
    }
}

/// The number of the first write that has one: documents that were added before there were any count as number 0.
fn first_seq_no(splits: &[SplitEntry]) -> u64 {
    u64::from(!splits.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::name::split_key;

    fn manifest() -> Manifest {
        let json = json!({"properties": {"population": {"type": "long"}, "area": {"type": "double"}}});
        let ranges = BTreeMap::from([
            ("population".to_owned(), ColumnRange::Integers { min: i64::MIN, max: i64::MAX }),
            ("area".to_owned(), ColumnRange::Floats { min: -1.0, max: 5e-324 }),
        ]);
        let footer = FooterPosition { offset: 900, length: 100 };
        let split = SplitEntry {
            id: "01J".into(),
            size: 1000,
            documents: 3,
            nested: 0,
            footer,
            ranges,
            ids: None,
            statistics: None,
            deletes: None,
        };
        let mapping = Mapping::from_json(&json).expect("valid");
        Manifest { splits: vec![split], next_seq_no: 1, ..Manifest::new("01H".to_owned(), mapping) }
    }

    /// A manifest with everything that it may contain.
    fn full_manifest() -> Manifest {
        let mut manifest = manifest();
        let split = &mut manifest.splits[0];
        split.ids = Some(IdRange { min: "a".to_owned(), max: "ä".to_owned() });
        split.statistics = Some(BTreeMap::from([("name".to_owned(), FieldStatistics { documents: 2, terms: 5 })]));
        split.deletes = Some(Deletes { object: "01J-01K.deletes".to_owned(), documents: 1, size: 98, crc32: u32::MAX });
        let offsets = BTreeMap::from([("01I".into(), 0), ("01J".into(), 98)]);
        manifest.footers = Some(Footers { object: "01L.footers".to_owned(), offsets });
        manifest.retired = vec![Retired { object: "01G.split".to_owned(), at: 1_715_904_000_000 }];
        manifest.next_seq_no = 7;
        manifest
    }

    #[test]
    fn encoded_manifests_are_decoded() {
        for manifest in [manifest(), full_manifest()] {
            let mut bytes = manifest.encode().to_vec();
            assert_eq!(Manifest::decode(&bytes), Ok(manifest.clone()));
            let version = bytes.iter_mut().find(|byte| **byte == b'3').expect("the version of the format");
            *version = b'2';
            assert_eq!(Manifest::decode(&bytes), Ok(manifest), "an older format");
        }
    }

    #[test]
    fn the_format_is_as_documented() {
        let json: Json = serde_json::from_slice(&manifest().encode()).expect("JSON");
        insta::assert_snapshot!(json.to_string(), @r#"{"format":3,"id":"01H","change":"01H","mapping":{"properties":{"area":{"type":"double"},"population":{"type":"long"}}},"field_order":["population","area"],"settings":{},"splits":[{"id":"01J","size":1000,"documents":3,"footer":{"offset":900,"length":100},"ranges":{"area":{"min":-1.0,"max":5e-324},"population":{"min":-9223372036854775808,"max":9223372036854775807}}}]}"#);
        let json: Json = serde_json::from_slice(&full_manifest().encode()).expect("JSON");
        insta::assert_snapshot!(json["splits"][0]["ids"], @r#"{"min":"a","max":"ä"}"#);
        insta::assert_snapshot!(json["splits"][0]["statistics"], @r#"{"name":{"documents":2,"terms":5}}"#);
        insta::assert_snapshot!(json["splits"][0]["deletes"], @r#"{"object":"01J-01K.deletes","documents":1,"size":98,"crc32":4294967295}"#);
        insta::assert_snapshot!(json["footers"], @r#"{"object":"01L.footers","offsets":{"01I":0,"01J":98}}"#);
        insta::assert_snapshot!(json["retired"], @r#"[{"object":"01G.split","at":1715904000000}]"#);
        insta::assert_snapshot!(json["next_seq_no"], @"7");
    }

    #[test]
    fn objects_are_listed_and_documents_counted() {
        let manifest = full_manifest();
        assert_eq!(manifest.objects().collect::<Vec<_>>(), ["01J.split", "01J-01K.deletes", "01L.footers"]);
        let split = &manifest.splits[0];
        let footers = manifest.footers.as_ref().expect("some");
        assert_eq!(
            (footers.key("cities").as_str(), footers.range(&split.id, 100)),
            ("cities/splits/01L.footers", Some(98..198))
        );
        assert_eq!((footers.range(&"01K".into(), 100), footers.range(&split.id, u64::MAX)), (None, None));
        assert_eq!(format!("cities/splits/{}", split.object()), split_key("cities", &split.id));
        assert_eq!((split.deleted(), split.live()), (1, 2));
    }

    #[test]
    fn damage_and_other_formats_are_reported() {
        insta::assert_snapshot!(Manifest::decode(b"{").expect_err("cut off").with_cause(), @"not a valid manifest: EOF while parsing an object at line 1 column 1");
        insta::assert_snapshot!(Manifest::decode(br#"{"format": 4}"#).expect_err("newer"), @"unsupported format version 4 (this build reads 3)");
        insta::assert_snapshot!(Manifest::decode(br#"{"format": 1}"#).expect_err("older"), @"written in format version 1, which this build does not read any more (it reads 3); create the index again and add its documents");
        insta::assert_snapshot!(Manifest::decode(br#"{"format": 2}"#).expect_err("incomplete").with_cause(), @"not a valid manifest: missing field `id` at line 1 column 13");
    }
}
