//! Splits: tantivy segments, each in one object.

mod format;
mod open;

#[cfg(feature = "fuzzing")]
pub(crate) use format::with_valid_checksum;
pub(crate) use format::{BLOCK_BYTES, Footer, encode};
pub use format::{Split, check_footer};
pub(crate) use open::{LiveSplit, OpenSplit};
