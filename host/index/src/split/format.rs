//! The bytes of a split. `docs/index-format.md` describes them for authors of other readers.
//!
//! ```text
//! data       the segment's files, end to end
//! hot        copies of the ranges of the data that opening a segment reads, end to end
//! checksums  u32 each: CRC-32 of every 4 KiB of the data; the last block may be shorter
//! directory  JSON {"segment": tantivy's description, "files": [{"name", "length"}], "hot": [[offset, length]]}
//! trailer    48 bytes: u64 length of the data, u64 of hot, u64 of the checksums, u64 of the directory,
//!            u32 CRC-32 of everything from hot up to here, u32 version of this format: 1, 8 bytes "QDCHSPLT"
//! ```
//!
//! Numbers are little-endian. Everything after the data is the footer. The manifest says where it begins, so one ranged read
//! returns all that opening needs. Every byte is covered by a checksum: the footer by its own, and the data block by block, so
//! that a read of a few blocks can be checked, too.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tantivy::directory::OwnedBytes;

use crate::Damage;
use crate::manifest::FooterPosition;

const MAGIC: &[u8; 8] = b"QDCHSPLT";
const VERSION: u32 = 1;
const TRAILER_BYTES: usize = 48;

const BAD_MAGIC: &str = "bad trailer magic: truncated, or not a split";
const BAD_LENGTHS: &str = "the lengths in the trailer do not add up";

/// The unit of checksums, in bytes. 4 KiB: about the size of a dictionary's block, the smallest thing that is read, so little is
/// read needlessly; and the checksums are a thousandth of the split.
pub(crate) const BLOCK_BYTES: u64 = 4 * 1024;

/// A split's footer, decoded and checked.
#[derive(Debug)]
pub(crate) struct Footer {
    /// tantivy's description of the segment.
    pub(crate) segment: Json,
    /// The segment's files: their names, and their ranges in the data.
    pub(crate) files: Vec<(String, Range<u64>)>,
    /// Ranges of the data of which the footer has copies.
    pub(crate) hot: Vec<(Range<u64>, OwnedBytes)>,
    /// CRC-32 of each block of the data.
    pub(crate) checksums: Vec<u32>,
    /// Length of the data in bytes.
    pub(crate) data_bytes: u64,
}

/// A split, read whole.
#[derive(Debug)]
pub struct Split {
    /// tantivy's description of the segment.
    pub segment: Json,
    /// The segment's files by name.
    pub files: Vec<(String, OwnedBytes)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Directory {
    segment: Json,
    files: Vec<File>,
    hot: Vec<(u64, u64)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    name: String,
    length: u64,
}

/// Writes a segment's files into one object. Hot ranges are offsets into all files end to end; they ascend, and none contains
/// another.
pub(crate) fn encode(segment: &Json, files: &[(String, OwnedBytes)], hot: &[Range<u64>]) -> (Vec<u8>, FooterPosition) {
    let data_bytes: usize = files.iter().map(|(_, content)| content.len()).sum();
    let mut bytes = Vec::with_capacity(data_bytes + data_bytes / 64 + 128 * 1024);
    for (_, content) in files {
        bytes.extend_from_slice(content);
    }
    for range in hot {
        bytes.extend_from_within(range.start as usize..range.end as usize);
    }
    let hot_bytes = bytes.len() - data_bytes;
    let checksums = checksums(&bytes[..data_bytes]);
    bytes.extend(checksums.iter().flat_map(|checksum| checksum.to_le_bytes()));
    let directory = Directory {
        segment: segment.clone(),
        files: files.iter().map(|(name, content)| File { name: name.clone(), length: content.len() as u64 }).collect(),
        hot: hot.iter().map(|range| (range.start, range.end - range.start)).collect(),
    };
    let directory = serde_json::to_vec(&directory).expect("a directory has only text keys");
    bytes.extend_from_slice(&directory);
    for length in [data_bytes, hot_bytes, checksums.len() * 4, directory.len()] {
        bytes.extend_from_slice(&(length as u64).to_le_bytes());
    }
    let checksum = crc32fast::hash(&bytes[data_bytes..]);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(MAGIC);
    let position = FooterPosition { offset: data_bytes as u64, length: (bytes.len() - data_bytes) as u64 };
    (bytes, position)
}

/// CRC-32 of each block.
pub(crate) fn checksums(data: &[u8]) -> Vec<u32> {
    data.chunks(BLOCK_BYTES as usize).map(crc32fast::hash).collect()
}

/// Appends the rest of a valid trailer to the bytes that its checksum covers.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn with_valid_checksum(covered: &[u8]) -> Vec<u8> {
    let checksum = crc32fast::hash(covered);
    [covered, &checksum.to_le_bytes(), &VERSION.to_le_bytes(), MAGIC].concat()
}

/// Checks that bytes are the footer at a position of a split.
///
/// # Errors
/// What is wrong with them.
pub fn check_footer(bytes: &OwnedBytes, position: FooterPosition) -> Result<(), Damage> {
    Footer::decode_at(bytes, position).map(|_| ())
}

impl Footer {
    /// Decodes and checks the footer at a position of a split.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn decode_at(bytes: &OwnedBytes, position: FooterPosition) -> Result<Self, Damage> {
        let footer = Self::decode(bytes)?;
        if footer.data_bytes != position.offset {
            return Err(Damage::corrupt(format!("footer belongs to a split with {} data bytes", footer.data_bytes)));
        }
        Ok(footer)
    }

    /// Decodes and checks a footer: the bytes from the end of the data to the end of the split.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn decode(bytes: &OwnedBytes) -> Result<Self, Damage> {
        let Some((_, trailer)) = bytes.split_last_chunk::<TRAILER_BYTES>() else {
            return Err(Damage::corrupt(format!("too short for a split footer: {} bytes", bytes.len())));
        };
        if !trailer.ends_with(MAGIC) {
            return Err(Damage::corrupt(BAD_MAGIC));
        }
        let version = u32_at(trailer, 36);
        if version != VERSION {
            return Err(Damage::UnsupportedVersion { found: version, supported: VERSION });
        }
        let covered = bytes.len() - TRAILER_BYTES + 32;
        if crc32fast::hash(&bytes[..covered]) != u32_at(trailer, 32) {
            return Err(Damage::corrupt("checksum mismatch in the footer"));
        }
        let lengths = Lengths::read(trailer);
        let Some([hot, checksums, directory]) = lengths.ranges(bytes.len()) else {
            return Err(Damage::corrupt(BAD_LENGTHS));
        };
        if lengths.checksums != lengths.data.div_ceil(BLOCK_BYTES) * 4 {
            return Err(Damage::corrupt("number of checksums does not match number of blocks"));
        }
        let checksums = bytes[checksums].chunks_exact(4).map(|four| u32_at(four, 0)).collect();
        let directory: Directory = serde_json::from_slice(&bytes[directory])
            .map_err(|error| Damage::unparsable("not a valid directory of files", error))?;
        let files = files(&directory.files, lengths.data)?;
        let hot = hot_ranges(&directory.hot, lengths.data, &bytes.slice(hot))?;
        Ok(Footer { segment: directory.segment, files, hot, checksums, data_bytes: lengths.data })
    }

    /// Checks that `bytes` are what was written at `offset` of the data. They must begin with a block, and end with a block or
    /// with the data.
    ///
    /// # Errors
    /// Which block is damaged.
    pub(crate) fn check(&self, offset: u64, bytes: &[u8]) -> Result<(), Damage> {
        debug_assert!(offset.is_multiple_of(BLOCK_BYTES));
        let first = (offset / BLOCK_BYTES) as usize;
        for (index, checksum) in checksums(bytes).into_iter().enumerate() {
            if self.checksums.get(first + index) != Some(&checksum) {
                let start = offset + index as u64 * BLOCK_BYTES;
                return Err(Damage::corrupt(format!("checksum mismatch in the block at byte {start}")));
            }
        }
        Ok(())
    }
}

impl Split {
    /// Decodes a split and checks every byte of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn decode(bytes: &OwnedBytes) -> Result<Self, Damage> {
        let trailer = bytes.len().checked_sub(TRAILER_BYTES).map(|start| &bytes[start..]);
        let data_bytes = trailer.map(|trailer| Lengths::read(trailer).data).and_then(|data| usize::try_from(data).ok());
        let Some(data_bytes) = data_bytes.filter(|data| *data <= bytes.len() - TRAILER_BYTES) else {
            return Err(Damage::corrupt(BAD_MAGIC));
        };
        let (data, footer) = bytes.clone().split(data_bytes);
        let footer = Footer::decode(&footer)?;
        if footer.data_bytes != data.len() as u64 {
            return Err(Damage::corrupt(BAD_LENGTHS));
        }
        footer.check(0, &data)?;
        for (range, copy) in &footer.hot {
            if data[range.start as usize..range.end as usize] != copy[..] {
                let start = range.start;
                return Err(Damage::corrupt(format!("footer copy of the range at byte {start} differs from the data")));
            }
        }
        let file = |(name, range): (String, Range<u64>)| (name, data.slice(range.start as usize..range.end as usize));
        Ok(Split { segment: footer.segment, files: footer.files.into_iter().map(file).collect() })
    }
}

/// The lengths in a trailer.
struct Lengths {
    data: u64,
    hot: u64,
    checksums: u64,
    directory: u64,
}

impl Lengths {
    fn read(trailer: &[u8]) -> Self {
        let number = |at| u64::from(u32_at(trailer, at + 4)) << 32 | u64::from(u32_at(trailer, at));
        Lengths { data: number(0), hot: number(8), checksums: number(16), directory: number(24) }
    }

    /// The ranges of hot bytes, checksums and directory in a footer of this many bytes, if the lengths add up to it.
    fn ranges(&self, footer_bytes: usize) -> Option<[Range<usize>; 3]> {
        let hot = usize::try_from(self.hot).ok()?;
        let checksums = hot.checked_add(usize::try_from(self.checksums).ok()?)?;
        let directory = checksums.checked_add(usize::try_from(self.directory).ok()?)?;
        let fits = directory.checked_add(TRAILER_BYTES)? == footer_bytes;
        fits.then_some([0..hot, hot..checksums, checksums..directory])
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn files(files: &[File], data_bytes: u64) -> Result<Vec<(String, Range<u64>)>, Damage> {
    let mut ranges = Vec::with_capacity(files.len());
    let mut start = 0_u64;
    for File { name, length } in files {
        let end = start.checked_add(*length).filter(|end| *end <= data_bytes);
        let Some(end) = end else {
            return Err(Damage::corrupt(format!("file {name} extends past the end of the data")));
        };
        ranges.push((name.clone(), start..end));
        start = end;
    }
    if start != data_bytes {
        return Err(Damage::corrupt("data contains bytes that belong to no file"));
    }
    Ok(ranges)
}

fn hot_ranges(
    ranges: &[(u64, u64)],
    data_bytes: u64,
    bytes: &OwnedBytes,
) -> Result<Vec<(Range<u64>, OwnedBytes)>, Damage> {
    let mut hot = Vec::with_capacity(ranges.len());
    let mut offset = 0_usize;
    for (start, length) in ranges {
        let range = start.checked_add(*length).filter(|end| *end <= data_bytes).map(|end| *start..end);
        let end = usize::try_from(*length).ok().and_then(|length| offset.checked_add(length));
        let (Some(range), Some(end)) = (range, end.filter(|end| *end <= bytes.len())) else {
            return Err(Damage::corrupt(format!("hot range at byte {start} is out of bounds")));
        };
        hot.push((range, bytes.slice(offset..end)));
        offset = end;
    }
    if offset != bytes.len() {
        return Err(Damage::corrupt("footer contains hot bytes that belong to no range"));
    }
    Ok(hot)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    type Files = Vec<(String, Vec<u8>)>;

    fn split(files: &Files, hot: &[Range<u64>]) -> (Vec<u8>, FooterPosition) {
        let files: Vec<_> =
            files.iter().map(|(name, content)| (name.clone(), OwnedBytes::new(content.clone()))).collect();
        encode(&json!({"segment_id": "abc", "max_doc": 7}), &files, hot)
    }

    fn decode(bytes: &[u8]) -> Result<Split, Damage> {
        Split::decode(&OwnedBytes::new(bytes.to_vec()))
    }

    fn footer(bytes: &[u8], position: FooterPosition) -> Result<Footer, Damage> {
        Footer::decode(&OwnedBytes::new(bytes[position.offset as usize..].to_vec()))
    }

    /// Files, some larger than a block, and ranges of them.
    fn any_split() -> impl Strategy<Value = (Files, Vec<Range<u64>>)> {
        let content = prop_oneof![4 => 0..100_usize, 1 => 16_000..40_000_usize].prop_flat_map(|length| {
            any::<u8>().prop_map(move |seed| (0..length).map(|at| (at % 251) as u8 ^ seed).collect())
        });
        let files = prop::collection::vec(("[a-z]{1,8}", content), 0..5);
        (files, prop::collection::vec(any::<prop::sample::Index>(), 0..8)).prop_map(|(files, cuts): (Files, _)| {
            let length: usize = files.iter().map(|(_, content)| content.len()).sum();
            let mut cuts: Vec<u64> = cuts.iter().map(|cut| cut.index(length + 1) as u64).collect();
            cuts.sort_unstable();
            let hot = cuts.chunks_exact(2).map(|pair| pair[0]..pair[1]).filter(|range| !range.is_empty()).collect();
            (files, hot)
        })
    }

    proptest! {
        #[test]
        fn encoded_splits_are_decoded((files, hot) in any_split()) {
            let (bytes, position) = split(&files, &hot);
            prop_assert_eq!(position.offset + position.length, bytes.len() as u64);
            let read = decode(&bytes).expect("intact");
            prop_assert_eq!(read.segment, json!({"segment_id": "abc", "max_doc": 7}));
            let read: Files = read.files.into_iter().map(|(name, content)| (name, content.to_vec())).collect();
            prop_assert_eq!(&read, &files);

            let footer = footer(&bytes, position).expect("intact");
            prop_assert_eq!(footer.data_bytes, position.offset);
            let ranges: Vec<_> = footer.hot.iter().map(|(range, _)| range.clone()).collect();
            prop_assert_eq!(ranges, hot);
            for (range, copy) in &footer.hot {
                prop_assert_eq!(&bytes[range.start as usize..range.end as usize], &copy[..]);
            }
        }

        #[test]
        fn all_damage_is_detected((files, hot) in any_split(), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
            let (mut bytes, _) = split(&files, &hot);
            let at = at.index(bytes.len());
            prop_assert!(decode(&bytes[..at]).is_err(), "cut at {}", at);
            prop_assert!(at == 0 || decode(&bytes[at..]).is_err(), "begins at {}", at);
            bytes[at] ^= flip;
            prop_assert!(decode(&bytes).is_err(), "flipped at {}", at);
        }

        #[test]
        fn other_bytes_are_rejected(bytes in prop::collection::vec(any::<u8>(), 0..200), ends_well: bool) {
            let mut bytes = bytes;
            if ends_well {
                bytes.extend_from_slice(&VERSION.to_le_bytes());
                bytes.extend_from_slice(MAGIC);
            }
            prop_assert!(decode(&bytes).is_err());
            prop_assert!(Footer::decode(&OwnedBytes::new(bytes)).is_err());
        }

        /// Also under a valid checksum.
        #[test]
        fn lengths_that_do_not_add_up_are_rejected(lengths in prop::array::uniform4(any::<u64>()), small: bool, body in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut bytes = body;
            for length in lengths {
                let length = if small { length % 128 } else { length };
                bytes.extend_from_slice(&length.to_le_bytes());
            }
            let bytes = with_valid_checksum(&bytes);
            prop_assert!(Footer::decode(&OwnedBytes::new(bytes.clone())).is_err());
            prop_assert!(decode(&bytes).is_err());
        }
    }

    #[test]
    fn damage_to_any_byte_is_detected() {
        let files = vec![("a.idx".to_owned(), b"postings".to_vec()), ("a.store".to_owned(), b"documents".to_vec())];
        let (bytes, position) = split(&files, &[2..5, 7..12]);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(decode(&damaged).is_err(), "flipped at {at}");
            assert!(decode(&bytes[..at]).is_err(), "cut at {at}");
            assert_eq!(footer(&damaged, position).is_err(), at as u64 >= position.offset, "flipped at {at}");
        }
    }

    #[test]
    fn blocks_are_checked_separately() {
        let content: Vec<u8> = (0..BLOCK_BYTES * 2 + 100).map(|at| (at % 251) as u8).collect();
        let (mut bytes, position) = split(&vec![("a".to_owned(), content)], &[]);
        let footer = footer(&bytes, position).expect("intact");
        let block = BLOCK_BYTES as usize;
        let data = position.offset as usize;
        bytes[block + 3] ^= 1;
        assert_eq!(footer.check(0, &bytes[..block]), Ok(()));
        assert_eq!(footer.check(BLOCK_BYTES * 2, &bytes[block * 2..data]), Ok(()));
        insta::assert_snapshot!(footer.check(0, &bytes[..data]).expect_err("flipped"), @"checksum mismatch in the block at byte 4096");
        assert!(footer.check(BLOCK_BYTES * 2, &bytes[block * 2..data - 1]).is_err(), "cut off");
        assert!(footer.check(BLOCK_BYTES * 3, b"more").is_err(), "past the end");
    }

    #[test]
    fn splits_of_other_versions_are_rejected() {
        let (mut bytes, _) = split(&Files::new(), &[]);
        let end = bytes.len();
        bytes[end - 12..end - 8].copy_from_slice(&2_u32.to_le_bytes());
        insta::assert_snapshot!(decode(&bytes).expect_err("version 2"), @"unsupported format version 2 (this build reads 1)");
    }
}
