//! Files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::AuthoringError;

/// Replaces a file atomically: a concurrent reader sees the old or the new content. The folder is created if it is missing.
///
/// # Errors
/// [`AuthoringError::File`].
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), AuthoringError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(AuthoringError::file("create", folder))?;
    }
    let new = path.with_extension("new");
    fs::write(&new, bytes).map_err(AuthoringError::file("write", &new))?;
    fs::rename(&new, path).map_err(AuthoringError::file("write", path))
}

/// When a file was changed, if it exists.
pub(crate) fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// The path from the root of the file system, for tools that run in another folder.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, AuthoringError> {
    std::path::absolute(path).map_err(AuthoringError::file("find", path))
}
