//! Splits: tantivy segments, each in one object.

mod directory;
mod format;

pub(crate) use directory::SplitsDirectory;
#[cfg(not(target_family = "wasm"))]
pub(crate) use format::encode;
pub(crate) use format::{FooterPosition, Split};
