//! Numbers and dates in the order of their values, beside the columns, which have the order of documents.
//!
//! A search for a range of values looks up where the range begins and ends, and reads the documents in between; a column would be
//! read whole. Small splits have none of them: reading their columns takes no longer.
//!
//! ```text
//! for each column   the documents of its entries, bit-packed: an entry is a value of a document; entries are sorted by value, then by
//!                   document
//!                   the values of its entries, in blocks: differences to the first value of the block, bit-packed
//! for each column   its blocks: u64 first value, u8 bits of a difference
//! directory         JSON [{"column", "entries", "last", "repeats", "offset", "value_bytes"}]
//! end               u32 length of the directory
//! ```
//!
//! Numbers are little-endian; values are bits that have the order of the values, as in tantivy's columns.

mod column;
mod write;

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{FileSlice, OwnedBytes};
use tantivy::index::SegmentId;
use tantivy::{Directory, HasLen, SegmentReader};

pub use column::SortedColumn;
pub use write::{LEAST_DOCUMENTS, sorted_columns};

/// The extension of the file.
pub(crate) const EXTENSION: &str = "sorted";

/// Entries of a block.
const BLOCK: usize = 1_024;

/// Bytes that describe a block.
const BLOCK_ENTRY_BYTES: usize = 9;

/// The sorted columns of a segment.
#[derive(Debug)]
pub struct SortedColumns {
    file: FileSlice,
    columns: Vec<Described>,
    /// Where the blocks of the first column are described.
    descriptions: usize,
    max_doc: u32,
}

/// A column, as the directory describes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Described {
    column: String,
    entries: u32,
    /// The greatest value.
    last: u64,
    /// Whether a document has several values.
    repeats: bool,
    /// Where it begins in the file.
    offset: u64,
    value_bytes: u64,
}

impl Described {
    fn blocks(&self) -> usize {
        (self.entries as usize).div_ceil(BLOCK)
    }
}

/// The name of the file of a segment.
pub fn sorted_columns_path(segment: SegmentId) -> PathBuf {
    format!("{}.{EXTENSION}", segment.uuid_string()).into()
}

/// The bits of a document's number in a segment with this number of documents.
fn document_bits(max_doc: u32) -> u8 {
    (u32::BITS - max_doc.saturating_sub(1).leading_zeros()) as u8
}

impl SortedColumns {
    /// Those of a segment; `None` if it has none.
    ///
    /// # Errors
    /// If bytes are not cached (see [`ReadSession::run`](crate::ReadSession::run)), or are damaged.
    pub fn open(segment: &SegmentReader) -> tantivy::Result<Option<Self>> {
        let file = match segment.index().directory().open_read(&sorted_columns_path(segment.segment_id())) {
            Ok(file) => file,
            Err(OpenReadError::FileDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(Some(Self::read(file, segment.max_doc())?))
    }

    fn read(file: FileSlice, max_doc: u32) -> io::Result<Self> {
        let (rest, length) = file.clone().split_from_end(size_of::<u32>());
        let length = length.read_bytes()?;
        let length = length.as_ref().try_into().map(u32::from_le_bytes).map_err(|_| damaged("no length"))? as usize;
        if length > rest.len() {
            return Err(damaged("the directory is longer than the file"));
        }
        let (rest, directory) = rest.split_from_end(length);
        let columns: Vec<Described> = serde_json::from_slice(&directory.read_bytes()?).map_err(damaged)?;
        let described: usize = columns.iter().map(|column| column.blocks() * BLOCK_ENTRY_BYTES).sum();
        let descriptions = rest.len().checked_sub(described).ok_or_else(|| damaged("too short for its blocks"))?;
        Ok(SortedColumns { file, columns, descriptions, max_doc })
    }

    /// A column by its name, with what describes its blocks.
    ///
    /// # Errors
    /// As [`SortedColumns::open`].
    pub fn column(&self, name: &str) -> io::Result<Option<SortedColumn>> {
        let mut at = self.descriptions;
        for column in &self.columns {
            let end = at + column.blocks() * BLOCK_ENTRY_BYTES;
            if column.column == name {
                let blocks: OwnedBytes = self.file.slice(at..end).read_bytes()?;
                return SortedColumn::new(&self.file, column, &blocks, document_bits(self.max_doc)).map(Some);
            }
            at = end;
        }
        Ok(None)
    }

    /// Reads what describes the blocks of all columns.
    pub(crate) fn read_descriptions(&self) -> io::Result<()> {
        self.file.slice_from(self.descriptions).read_bytes().map(drop)
    }
}

fn damaged(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
