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
mod file;
mod layout;
mod write;

pub use column::SortedColumn;
pub use file::SortedColumns;
pub(crate) use layout::EXTENSION;
pub use layout::sorted_columns_path;
pub use write::{LEAST_DOCUMENTS, sorted_columns};
