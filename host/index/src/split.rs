//! Splits: tantivy segments, each in one object.

mod directory;
mod format;
#[cfg(not(target_family = "wasm"))]
mod layout;
mod open;

pub(crate) use directory::SplitsDirectory;
#[cfg(not(target_family = "wasm"))]
pub(crate) use format::Split;
#[cfg(feature = "fuzzing")]
pub(crate) use format::with_valid_checksum;
pub(crate) use format::{BLOCK_BYTES, Footer, FooterPosition};
#[cfg(not(target_family = "wasm"))]
pub(crate) use layout::build_split;
pub(crate) use open::{LiveSplit, OpenSplit};
