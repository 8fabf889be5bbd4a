//! Copies of the records and notes of all functions in one object, so that listing them need not read each.
//!
//! The objects themselves stay the truth: a copy counts only while the listing shows the version of the object that was copied.

use std::collections::BTreeMap;

use quidditch_storage::{Entry, MAX_KEY_BYTES, Version as StoredVersion};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::layout::{Object, ROOT, object_of_key};

/// How many objects may have no copy. 32: they are read in one round trip, and publishers seldom write the copies again.
const MAX_WITHOUT_COPY: usize = 32;

/// How many keys are between two splits when copies are made. 500: half a page of S3's, so that each part has room for more.
const KEYS_PER_PART: usize = 500;

/// How many keys may be between two splits later. 900: nearly a page of S3's, since a second one takes another round trip.
const MAX_KEYS_PER_PART: usize = 900;

/// How many splits a listing may have, each of which takes a request. 1,000: half a million keys.
const MAX_SPLITS: usize = 1_000;

/// Copies of small objects.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Copies {
    /// By key.
    objects: BTreeMap<String, CopiedObject>,
    /// Keys between which the listing is read side by side, sorted.
    splits: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct CopiedObject {
    /// The version of the object that was copied.
    version: String,
    /// None if it is not JSON.
    content: Option<Box<RawValue>>,
}

/// Whether objects with this key are copied: records, and what has become of versions.
pub(crate) fn is_copied(key: &str) -> bool {
    matches!(object_of_key(key), Some(Object::Part(..) | Object::FunctionDisabled(_)))
}

impl Copies {
    /// Copies of these objects, of which the key, the version and the content are given. Objects whose content is not JSON are known, but
    /// have no copy. `entries` is the listing of all objects.
    pub(crate) fn new(entries: &[Entry], objects: impl IntoIterator<Item = (String, StoredVersion, Vec<u8>)>) -> Self {
        let copied = objects.into_iter().map(|(key, version, content)| {
            let content = String::from_utf8(content).ok().and_then(|content| RawValue::from_string(content).ok());
            (key, CopiedObject { version: version.as_str().to_owned(), content })
        });
        let last_keys = entries.chunks_exact(KEYS_PER_PART).filter_map(<[Entry]>::last).take(MAX_SPLITS);
        Copies { objects: copied.collect(), splits: last_keys.map(|entry| entry.key.clone()).collect() }
    }

    /// What [`Copies::encode`] made; no copies if it is damaged.
    pub(crate) fn decode(bytes: &[u8]) -> Self {
        let copies: Copies = serde_json::from_slice(bytes).unwrap_or_default();
        let is_key = |split: &String| split.starts_with(ROOT) && split.len() <= MAX_KEY_BYTES;
        let is_sorted = copies.splits.is_sorted_by(|left, right| left < right);
        if copies.splits.len() > MAX_SPLITS || !is_sorted || !copies.splits.iter().all(is_key) {
            return Copies::default();
        }
        copies
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("all maps have text keys")
    }

    /// Keys at which the listing of all objects may be split.
    pub(crate) fn splits(&self) -> &[String] {
        &self.splits
    }

    /// The content of an object in this version.
    pub(crate) fn get(&self, key: &str, version: &StoredVersion) -> Option<&[u8]> {
        let content = self.known(key, version)?.content.as_ref()?;
        Some(content.get().as_bytes())
    }

    fn known(&self, key: &str, version: &StoredVersion) -> Option<&CopiedObject> {
        self.objects.get(key).filter(|copy| copy.version == version.as_str())
    }

    /// Whether a listing with these copies takes more round trips than one with new ones.
    pub(crate) fn are_outdated(&self, entries: &[Entry]) -> bool {
        let is_new = |entry: &&Entry| is_copied(&entry.key) && self.known(&entry.key, &entry.version).is_none();
        entries.iter().filter(is_new).count() > MAX_WITHOUT_COPY || self.longest_part(entries) > MAX_KEYS_PER_PART
    }

    fn longest_part(&self, entries: &[Entry]) -> usize {
        let ends = self.splits.iter().map(|split| entries.partition_point(|entry| entry.key <= *split));
        let ends: Vec<_> = ends.chain([entries.len()]).collect();
        let starts = [0].into_iter().chain(ends.iter().copied());
        starts.zip(&ends).map(|(start, end)| end.saturating_sub(start)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<Entry> {
        let key = |number| format!("functions/f{number:05}/1.0.0/function.json");
        (0..count).map(|number| Entry { key: key(number), size: 2, version: StoredVersion::new("v") }).collect()
    }

    fn copies(entries: &[Entry], copied: usize) -> Copies {
        let object = |entry: &Entry| (entry.key.clone(), entry.version.clone(), b"{ \"a\" : 1 }".to_vec());
        Copies::new(entries, entries[..copied].iter().map(object))
    }

    #[test]
    fn contents_are_copied_byte_by_byte_and_known_by_their_version() {
        let entries = entries(2);
        let copies = Copies::decode(&copies(&entries, 1).encode());
        assert_eq!(copies.get(&entries[0].key, &entries[0].version), Some(b"{ \"a\" : 1 }".as_slice()));
        assert_eq!(copies.get(&entries[0].key, &StoredVersion::new("w")), None);
        assert_eq!(copies.get(&entries[1].key, &entries[1].version), None);
    }

    #[test]
    fn damaged_objects_and_damaged_copies_have_no_copies() {
        let entries = entries(1);
        for content in [&b"{"[..], b"\xff", b""] {
            let object = (entries[0].key.clone(), entries[0].version.clone(), content.to_vec());
            let copies = Copies::decode(&Copies::new(&entries, [object]).encode());
            assert_eq!(copies.get(&entries[0].key, &entries[0].version), None);
            assert_eq!(copies.objects.len(), 1, "it is not read again to be copied");
        }
        let mut encoded = copies(&entries, 1).encode();
        encoded.pop();
        assert!(Copies::decode(&encoded).objects.is_empty());
    }

    #[test]
    fn splits_that_would_change_a_listing_are_damage() {
        let decoded = |splits: &[String]| {
            let json = serde_json::json!({ "objects": {}, "splits": splits });
            Copies::decode(json.to_string().as_bytes()).splits.len()
        };
        let keys = |count: usize| (0..count).map(|number| format!("functions/{number:04}")).collect::<Vec<_>>();
        assert_eq!(decoded(&keys(MAX_SPLITS)), MAX_SPLITS);
        assert_eq!(decoded(&keys(MAX_SPLITS + 1)), 0);
        let longest = format!("{ROOT}{}", "a".repeat(MAX_KEY_BYTES - ROOT.len()));
        assert_eq!(decoded(std::slice::from_ref(&longest)), 1);
        for splits in [[format!("{longest}a")].as_slice(), &["scripts/a".to_owned()], &[keys(2), keys(1)].concat()] {
            assert_eq!(decoded(splits), 0, "{splits:?}");
        }
    }

    #[test]
    fn copies_are_outdated_when_more_than_one_round_trip_of_reads_is_missing() {
        let entries = entries(100);
        assert!(!copies(&entries, 100 - MAX_WITHOUT_COPY).are_outdated(&entries));
        assert!(copies(&entries, 100 - MAX_WITHOUT_COPY - 1).are_outdated(&entries));
    }

    #[test]
    fn copies_are_outdated_when_a_part_is_longer_than_a_page() {
        let entries = entries(3 * KEYS_PER_PART);
        let copies = copies(&entries, entries.len());
        assert_eq!(copies.splits().len(), 3);
        let components = |count| {
            let key = |number| format!("functions/f00600/1.0.0/{number:04}.wasm");
            let new = (0..count).map(|number| Entry { key: key(number), size: 2, version: StoredVersion::new("v") });
            let mut all: Vec<_> = entries.iter().cloned().chain(new).collect();
            all.sort_unstable_by(|left, right| left.key.cmp(&right.key));
            all
        };
        assert!(!copies.are_outdated(&components(MAX_KEYS_PER_PART - KEYS_PER_PART)));
        assert!(copies.are_outdated(&components(MAX_KEYS_PER_PART - KEYS_PER_PART + 1)));
    }
}
