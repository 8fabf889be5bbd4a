//! Files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Replaces a file atomically: a concurrent reader sees the old or the new content.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, bytes).with_context(|| format!("cannot write {}", new.display()))?;
    fs::rename(&new, path).with_context(|| format!("cannot write {}", path.display()))
}
