//! Cursors: what a client sends back to go on with a scroll, or to search a point in time.
//!
//! Nothing is kept in the process. A cursor names the splits that its search reads, which are immutable, and for a scroll the request
//! and the last hit of each index. It is encoded, and has a version and a checksum, so that damage is found; it has no signature, and gives access
//! to nothing that its sender could not search anyway. It ends when its splits are removed, at the latest after a day: as long as
//! garbage collection keeps, by default, what an index does not need any more.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use quidditch_engine::HitPosition;
use quidditch_index::SnapshotRecord;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::indices::Wildcards;

/// How long a cursor can be used. 1 day: the longest time that clients can ask for, and as long as splits are kept that an index
/// does not need any more.
pub(crate) const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The first byte of an encoded cursor.
const VERSION: u8 = 2;

/// Most bytes of the JSON of a cursor. 8 MiB: some 100,000 splits. A cursor may come from anybody.
const MAX_JSON_BYTES: u64 = 8 << 20;

/// Bytes before the compressed JSON: the version and a CRC-32.
const HEADER_BYTES: usize = 5;

/// A point in time of indices, or a scroll over them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor {
    /// What was asked for: names and patterns of indices and aliases.
    pub(crate) expression: String,
    /// What the patterns matched.
    pub(crate) wildcards: Wildcards,
    /// When the first search began, in milliseconds since the Unix epoch.
    pub(crate) created_millis: i64,
    pub(crate) indices: Vec<CursorIndex>,
    /// `None` for a point in time.
    pub(crate) scroll: Option<Scroll>,
}

/// One of the indices of a cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CursorIndex {
    pub(crate) name: String,
    pub(crate) record: SnapshotRecord,
    /// The last of its hits on the pages of a scroll so far; `None` if they have none of it.
    pub(crate) last: Option<HitPosition>,
}

/// What the pages of a scroll have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scroll {
    /// The body of the first request, with its URL parameters in it.
    pub(crate) request: Json,
    /// The number of matches.
    pub(crate) total: u64,
    pub(crate) max_score: Option<f32>,
}

/// A text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor, or a damaged one")]
pub(crate) struct InvalidCursor;

impl Cursor {
    /// As clients see it: letters, digits, `-` and `_`.
    pub(crate) fn encode(&self) -> String {
        let json = serde_json::to_vec(self).expect("a cursor is JSON");
        let mut compressed = Vec::new();
        let mut encoder = DeflateEncoder::new(&json[..], Compression::default());
        encoder.read_to_end(&mut compressed).expect("reading from memory does not fail");
        encode(&compressed)
    }

    pub(crate) fn decode(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (header, compressed) = bytes.split_at_checked(HEADER_BYTES).ok_or(InvalidCursor)?;
        let (version, checksum) = header.split_first().ok_or(InvalidCursor)?;
        if *version != VERSION || crc32fast::hash(compressed).to_le_bytes() != *checksum {
            return Err(InvalidCursor);
        }
        let mut json = Vec::new();
        let read = DeflateDecoder::new(compressed).take(MAX_JSON_BYTES + 1).read_to_end(&mut json);
        if read.is_err() || json.len() as u64 > MAX_JSON_BYTES {
            return Err(InvalidCursor);
        }
        serde_json::from_slice(&json).map_err(|_| InvalidCursor)
    }

    /// Whether its first page had hits.
    pub(crate) fn has_hits(&self) -> bool {
        self.indices.iter().any(|index| index.last.is_some())
    }

    /// The same behind another page of a scroll, with the last hit of each index that has hits on it.
    pub(crate) fn behind_page(mut self, last: &BTreeMap<String, HitPosition>) -> Self {
        for index in &mut self.indices {
            if let Some(position) = last.get(&index.name) {
                index.last = Some(position.clone());
            }
        }
        self
    }

    /// Whether it can no longer be used.
    pub(crate) fn has_expired(&self, now_millis: i64) -> bool {
        let age = now_millis.saturating_sub(self.created_millis);
        u128::try_from(age).is_ok_and(|age| age > LIFETIME.as_millis())
    }
}

/// Puts the version and the checksum before the compressed JSON.
fn encode(compressed: &[u8]) -> String {
    let checksum = crc32fast::hash(compressed).to_le_bytes();
    URL_SAFE_NO_PAD.encode([&[VERSION], &checksum[..], compressed].concat())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cursor() -> Cursor {
        let record = json!({"i": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "s": [["01ARZ3NDEKTSV4RRFFQ69G5FAV", 3, 100, 20, null]], "f": null});
        let last = json!({"document": {"split": 0, "document": 7}, "score": 0.5, "keys": []});
        Cursor {
            expression: "cit*".to_owned(),
            wildcards: Wildcards::Expand,
            created_millis: 1_000,
            indices: vec![CursorIndex {
                name: "cities".to_owned(),
                record: serde_json::from_value(record).expect("a record"),
                last: serde_json::from_value(last).expect("a position"),
            }],
            scroll: Some(Scroll { request: json!({"query": {"match_all": {}}}), total: 9, max_score: Some(1.0) }),
        }
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = cursor();
        let text = cursor.encode();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{text}");
        assert_eq!(Cursor::decode(&text), Ok(cursor));
    }

    #[test]
    fn damage_is_found() {
        let text = cursor().encode();
        let mut bytes = text.clone().into_bytes();
        for index in 0..bytes.len() {
            let byte = bytes[index];
            bytes[index] = if byte == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(bytes.clone()).expect("ASCII");
            assert_eq!(Cursor::decode(&damaged), Err(InvalidCursor), "{index}");
            bytes[index] = byte;
        }
        for end in 0..text.len() {
            assert_eq!(Cursor::decode(&text[..end]), Err(InvalidCursor), "{end}");
        }
        for other in ["", "garbage", "AAAAAAAAAAAA", "a b"] {
            assert_eq!(Cursor::decode(other), Err(InvalidCursor), "{other}");
        }
    }

    #[test]
    fn a_cursor_that_unpacks_to_too_much_is_refused() {
        let pack = |json: &[u8]| {
            let mut compressed = Vec::new();
            DeflateEncoder::new(json, Compression::best()).read_to_end(&mut compressed).expect("in memory");
            encode(&compressed)
        };
        let mut json = serde_json::to_vec(&cursor()).expect("JSON");
        json.resize(MAX_JSON_BYTES as usize, b' ');
        assert_eq!(Cursor::decode(&pack(&json)), Ok(cursor()));
        json.push(b' ');
        assert_eq!(Cursor::decode(&pack(&json)), Err(InvalidCursor));
    }

    #[test]
    fn a_cursor_lives_for_a_day() {
        let day = 86_400_000;
        assert!(!cursor().has_expired(1_000 + day));
        assert!(cursor().has_expired(1_001 + day));
        assert!(!cursor().has_expired(0));
    }
}
