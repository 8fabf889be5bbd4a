//! When the sources of something that is built were changed.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

/// Folders beside sources that builds write into.
const NOT_SOURCES: [&str; 8] =
    ["build", "dist", "node_modules", "target", "target-screenshots", "target-tests", ".venv", "__pycache__"];

/// When a file was changed, or the last source in a folder.
pub(crate) fn last_change(path: &Path) -> Result<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let mut last = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
        let entry = entry?;
        if !NOT_SOURCES.iter().any(|name| entry.file_name() == *name) {
            last = last.max(last_change(&entry.path())?);
        }
    }
    Ok(last)
}

/// When a file was changed.
pub(crate) fn modified(path: &Path) -> Result<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot look at {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_last_change_of_a_folder_is_that_of_a_source() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, seconds: u64| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("created");
            let file = fs::File::create(path).expect("created");
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).expect("set");
        };
        write("src/lib.rs", 20);
        write("README.md", 10);
        write("node_modules/package/index.js", 30);
        let last = last_change(folder.path()).expect("it is there");
        assert_eq!(last, SystemTime::UNIX_EPOCH + Duration::from_secs(20));
        assert!(last_change(&folder.path().join("nothing")).is_err());
    }
}
