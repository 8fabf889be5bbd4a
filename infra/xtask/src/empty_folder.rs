//! Folders for what a command makes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Makes an empty folder, in place of what may be there.
pub(crate) fn make_empty_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))
}
