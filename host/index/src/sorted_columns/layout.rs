//! How the file of sorted columns is laid out.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tantivy::index::SegmentId;

/// The extension of the file.
pub(crate) const EXTENSION: &str = "sorted";

/// Entries of a block.
pub(super) const BLOCK: usize = 1_024;

/// Bytes that describe a block.
pub(super) const BLOCK_ENTRY_BYTES: usize = 9;

/// A column, as the directory describes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Described {
    pub(super) column: String,
    pub(super) entries: u32,
    /// The greatest value.
    pub(super) last: u64,
    /// Whether a document has several values.
    pub(super) repeats: bool,
    /// Where it begins in the file.
    pub(super) offset: u64,
    pub(super) value_bytes: u64,
}

impl Described {
    pub(super) fn blocks(&self) -> usize {
        (self.entries as usize).div_ceil(BLOCK)
    }
}

/// The name of the file of a segment.
pub fn sorted_columns_path(segment: SegmentId) -> PathBuf {
    format!("{}.{EXTENSION}", segment.uuid_string()).into()
}

/// The bits of a document's number in a segment with this number of documents.
pub(super) fn document_bits(max_doc: u32) -> u8 {
    (u32::BITS - max_doc.saturating_sub(1).leading_zeros()) as u8
}

pub(super) fn damaged(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
