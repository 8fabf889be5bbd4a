//! What a snapshot consists of, in a form that is kept outside of the store: so it can be opened again after the index has changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::manifest::{Deletes, FieldStatistics, FooterPosition, SplitEntry};

/// Most bytes of a footer or of a deletes object that a record may name. 1 GiB: more than any has; a record may come from anybody.
const MAX_OBJECT_BYTES: u64 = 1 << 30;

/// The splits of a snapshot with their deleted documents. They are immutable, and exist for a while after the index has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotRecord {
    /// The id of the index: another one that is created later under its name has another id.
    #[serde(rename = "i")]
    pub(crate) index_id: String,
    #[serde(rename = "s")]
    pub(crate) splits: Vec<SplitRecord>,
    /// Those of all splits together, if they are known.
    #[serde(rename = "f")]
    pub(crate) statistics: Option<BTreeMap<String, FieldStatistics>>,
}

/// A split: its ULID, the number of its documents, and the offset and the length of its footer. Then, if documents are deleted, the
/// ULID of the deletes object, their number, the size and the checksum of the object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SplitRecord(String, u64, u64, u64, Option<(String, u64, u64, u32)>);

impl SplitRecord {
    pub(crate) fn new(entry: &SplitEntry) -> Self {
        let SplitEntry { id, documents, footer, deletes, .. } = entry;
        let deletes = deletes.as_ref().map(|Deletes { object, documents, size, crc32 }| {
            let own = object.rsplit_once('-').map_or("", |(_, name)| name.trim_end_matches(".deletes"));
            (own.to_owned(), *documents, *size, *crc32)
        });
        SplitRecord(id.as_str().to_owned(), *documents, footer.offset, footer.length, deletes)
    }

    /// The entry of a manifest for this split, without what the record does not have; `None` if no split can be like this.
    pub(crate) fn entry(&self) -> Option<SplitEntry> {
        let SplitRecord(id, documents, offset, length, deletes) = self;
        let size = offset.checked_add(*length)?;
        if !is_ulid(id) || *length > MAX_OBJECT_BYTES || *documents > u64::from(u32::MAX) {
            return None;
        }
        let deletes = match deletes {
            None => None,
            Some((own, documents, size, crc32)) if is_ulid(own) && *size <= MAX_OBJECT_BYTES => Some(Deletes {
                object: format!("{id}-{own}.deletes"),
                documents: *documents,
                size: *size,
                crc32: *crc32,
            }),
            Some(_) => return None,
        };
        Some(SplitEntry {
            id: id.as_str().into(),
            size,
            documents: *documents,
            nested: 0,
            footer: FooterPosition { offset: *offset, length: *length },
            ranges: BTreeMap::new(),
            ids: None,
            statistics: None,
            deletes,
        })
    }
}

/// Whether a text is a ULID as writers write it.
fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.bytes().all(|byte| byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !b"ILOU".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_is_recorded_without_its_ranges() {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let deletes = Deletes { object: format!("{id}-{id}.deletes"), documents: 2, size: 99, crc32: 7 };
        let entry = SplitEntry {
            id: id.into(),
            size: 1_100,
            documents: 10,
            nested: 0,
            footer: FooterPosition { offset: 1_000, length: 100 },
            ranges: BTreeMap::new(),
            ids: None,
            statistics: None,
            deletes: Some(deletes),
        };
        assert_eq!(SplitRecord::new(&entry).entry(), Some(entry.clone()));
        let entry = SplitEntry { deletes: None, ..entry };
        assert_eq!(SplitRecord::new(&entry).entry(), Some(entry));
    }

    #[test]
    fn impossible_splits_are_refused() {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let record = |id: &str, offset, length, deletes| SplitRecord(id.to_owned(), 1, offset, length, deletes).entry();
        assert!(record(id, 10, 1 << 30, None).is_some());
        assert!(record(id, 10, (1 << 30) + 1, None).is_none());
        assert!(record(id, u64::MAX, 1, None).is_none());
        assert!(record("../../01ARZ3NDEKTSV4RRFFQ6", 10, 10, None).is_none());
        assert!(record("01arz3ndektsv4rrffq69g5fav", 10, 10, None).is_none());
        assert!(record(id, 10, 10, Some(("x".to_owned(), 1, 1, 1))).is_none());
    }
}
