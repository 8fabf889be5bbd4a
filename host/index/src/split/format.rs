//! The bytes of a split.
//!
//! ```text
//! the segment's files, end to end
//! footer:  JSON {"segment": tantivy's description, "files": [{"name", "offset", "length", "crc32"}]}
//! trailer: 24 bytes, numbers little-endian
//!          u64 offset of the footer, which ends where the trailer begins
//!          u32 CRC-32 of the footer and of the rest of the trailer
//!          u32 version of this format: 1
//!          8 bytes "QDCHSPLT"
//! ```
//!
//! A reader needs the last 24 bytes and the footer to find everything else; the manifest says where the footer lies, so that
//! one ranged read brings both. The files are in the order of the footer without gaps, so every byte is covered by a
//! checksum: the footer's when it is opened, a file's when it is read whole.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tantivy::directory::OwnedBytes;

const MAGIC: &[u8; 8] = b"QDCHSPLT";
const VERSION: u32 = 1;
const TRAILER_BYTES: usize = 24;

/// Where a split's footer lies, with the trailer after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FooterPosition {
    /// From the beginning of the split, in bytes.
    pub(crate) offset: u64,
    /// Of footer and trailer, in bytes: to the end of the split.
    pub(crate) length: u64,
}

/// A split, read whole.
#[derive(Debug)]
pub(crate) struct Split {
    /// tantivy's description of the segment.
    pub(crate) segment: Json,
    /// The segment's files by name.
    pub(crate) files: Vec<(String, OwnedBytes)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Footer {
    segment: Json,
    files: Vec<File>,
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    name: String,
    offset: u64,
    length: u64,
    crc32: u32,
}

/// Puts a segment's files into one object.
#[cfg(any(test, not(target_family = "wasm")))]
pub(crate) fn encode(segment: &Json, files: &[(String, OwnedBytes)]) -> (Vec<u8>, FooterPosition) {
    let files_bytes: usize = files.iter().map(|(_, content)| content.len()).sum();
    let mut bytes = Vec::with_capacity(files_bytes + 4096);
    let mut table = Vec::with_capacity(files.len());
    for (name, content) in files {
        table.push(File {
            name: name.clone(),
            offset: bytes.len() as u64,
            length: content.len() as u64,
            crc32: crc32fast::hash(content),
        });
        bytes.extend_from_slice(content);
    }
    let footer = Footer { segment: segment.clone(), files: table };
    let footer = serde_json::to_vec(&footer).expect("a footer has only text keys");
    let offset = bytes.len() as u64;
    bytes.extend_from_slice(&footer);
    bytes.extend_from_slice(&offset.to_le_bytes());
    bytes.extend_from_slice(&checksum(&footer, offset, VERSION).to_le_bytes());
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(MAGIC);
    let length = bytes.len() as u64 - offset;
    (bytes, FooterPosition { offset, length })
}

impl Split {
    /// Takes a split apart and checks every byte of it.
    ///
    /// # Errors
    /// A text that says what is damaged.
    pub(crate) fn decode(bytes: &OwnedBytes) -> Result<Self, String> {
        let (footer, footer_offset) = read_footer(bytes)?;
        let mut files = Vec::with_capacity(footer.files.len());
        let mut end = 0;
        for file in footer.files {
            let range = file.range().filter(|range| range.start == end && range.end <= footer_offset);
            let Some(range) = range else { return Err(format!("file {} lies outside of its place", file.name)) };
            end = range.end;
            let content = bytes.slice(range);
            if crc32fast::hash(&content) != file.crc32 {
                return Err(format!("the checksum of file {} is wrong", file.name));
            }
            files.push((file.name, content));
        }
        if end != footer_offset {
            return Err("there are bytes between the files and the footer".to_owned());
        }
        Ok(Split { segment: footer.segment, files })
    }
}

impl File {
    fn range(&self) -> Option<Range<usize>> {
        let end = self.offset.checked_add(self.length)?;
        Some(usize::try_from(self.offset).ok()?..usize::try_from(end).ok()?)
    }
}

/// The footer, and where it begins.
fn read_footer(bytes: &[u8]) -> Result<(Footer, usize), String> {
    let Some((before, trailer)) = bytes.split_last_chunk::<TRAILER_BYTES>() else {
        return Err(format!("{} bytes are no split", bytes.len()));
    };
    let (numbers, magic) = trailer.split_at(16);
    if magic != MAGIC {
        return Err("it does not end as splits do; it was cut off, or it is something else".to_owned());
    }
    let number = |at: usize| u32::from_le_bytes(numbers[at..at + 4].try_into().expect("four bytes"));
    let offset = u64::from(number(4)) << 32 | u64::from(number(0));
    let (stored_checksum, version) = (number(8), number(12));
    let start = usize::try_from(offset).ok().filter(|start| *start <= before.len());
    let footer = start.map(|start| &before[start..]);
    let Some((start, footer)) =
        start.zip(footer).filter(|(_, footer)| checksum(footer, offset, version) == stored_checksum)
    else {
        return Err("the checksum of the footer is wrong".to_owned());
    };
    if version != VERSION {
        return Err(format!("its format has the version {version}; this program reads version {VERSION}"));
    }
    let footer = serde_json::from_slice(footer).map_err(|error| format!("the footer cannot be read: {error}"))?;
    Ok((footer, start))
}

fn checksum(footer: &[u8], offset: u64, version: u32) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(footer);
    hasher.update(&offset.to_le_bytes());
    hasher.update(&version.to_le_bytes());
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn split(files: &[(String, Vec<u8>)]) -> (Vec<u8>, FooterPosition) {
        let files: Vec<_> =
            files.iter().map(|(name, content)| (name.clone(), OwnedBytes::new(content.clone()))).collect();
        encode(&json!({"segment_id": "abc", "max_doc": 7}), &files)
    }

    fn decode(bytes: &[u8]) -> Result<Split, String> {
        Split::decode(&OwnedBytes::new(bytes.to_vec()))
    }

    fn any_files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
        prop::collection::vec(("[a-z]{1,8}", prop::collection::vec(any::<u8>(), 0..100)), 0..6)
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(files in any_files()) {
            let (bytes, footer) = split(&files);
            prop_assert_eq!(footer.offset + footer.length, bytes.len() as u64);
            let read = decode(&bytes).expect("intact");
            prop_assert_eq!(read.segment, json!({"segment_id": "abc", "max_doc": 7}));
            let read: Vec<_> = read.files.iter().map(|(name, content)| (name.clone(), content.to_vec())).collect();
            prop_assert_eq!(read, files);
        }

        #[test]
        fn every_damage_is_noticed(files in any_files(), place in any::<prop::sample::Index>(), flip in 1..=255_u8) {
            let (mut bytes, _) = split(&files);
            let place = place.index(bytes.len());
            prop_assert!(decode(&bytes[..place]).is_err(), "cut at {}", place);
            prop_assert!(place == 0 || decode(&bytes[place..]).is_err(), "begins at {}", place);
            bytes[place] ^= flip;
            prop_assert!(decode(&bytes).is_err(), "flipped at {}", place);
        }

        #[test]
        fn nothing_else_is_a_split(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(decode(&bytes).is_err());
        }
    }

    #[test]
    fn every_single_byte_matters() {
        let (bytes, _) =
            split(&[("a.idx".to_owned(), b"postings".to_vec()), ("a.store".to_owned(), b"documents".to_vec())]);
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert!(decode(&damaged).is_err(), "flipped at {place}");
            assert!(decode(&bytes[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn splits_of_other_versions_are_refused() {
        let (mut bytes, footer) = split(&[]);
        let start = footer.offset as usize;
        let end = bytes.len() - TRAILER_BYTES;
        let sum = checksum(&bytes[start..end], footer.offset, 2).to_le_bytes();
        bytes[end + 8..end + 12].copy_from_slice(&sum);
        bytes[end + 12..end + 16].copy_from_slice(&2_u32.to_le_bytes());
        insta::assert_snapshot!(decode(&bytes).expect_err("version 2"), @"its format has the version 2; this program reads version 1");
    }
}
