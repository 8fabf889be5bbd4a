//! Splits: tantivy segments, each in one object.

mod directory;
mod file;
mod format;
mod layout;
mod open;

pub(crate) use directory::SplitsDirectory;
#[cfg(feature = "fuzzing")]
pub(crate) use format::with_valid_checksum;
pub(crate) use format::{BLOCK_BYTES, Footer};
pub use format::{FooterPosition, Split};
pub use layout::build_split;
pub(crate) use open::{LiveSplit, OpenSplit};
