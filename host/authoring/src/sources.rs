//! The sources in the folder of a project, as opposed to what builds write there.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::error::AuthoringError;
use crate::project::{Project, TESTS_FOLDER};

/// What builds and tests write, besides what has a hidden name, such as `.venv`.
const WRITTEN: [&str; 6] = ["build", "target", "node_modules", "__pycache__", "Cargo.lock", "package-lock.json"];

/// Whether a file or folder with this name, somewhere in a project, is one of the author's.
pub fn is_source(name: &OsStr) -> bool {
    !name.as_encoded_bytes().starts_with(b".") && !WRITTEN.iter().any(|written| name == *written)
}

impl Project {
    /// Whether a source was changed after this component was made. Tests are no sources of it.
    ///
    /// # Errors
    /// [`AuthoringError::File`].
    pub fn is_newer_than(&self, component: &Path) -> Result<bool, AuthoringError> {
        let tests = self.folder.join(TESTS_FOLDER);
        Ok(last_change(&self.folder, &tests)? > modified(component)?)
    }
}

/// When the last source in a folder was changed, besides those in another.
fn last_change(folder: &Path, besides: &Path) -> Result<SystemTime, AuthoringError> {
    let mut last = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(folder).map_err(AuthoringError::file("list", folder))? {
        let entry = entry.map_err(AuthoringError::file("list", folder))?;
        let path = entry.path();
        if path == besides || !is_source(&entry.file_name()) {
            continue;
        }
        // Links are not followed: one may lead to nothing, or to a folder above.
        let kind = entry.file_type().map_err(AuthoringError::file("read", &path))?;
        last = last.max(if kind.is_dir() { last_change(&path, besides)? } else { modified(&path)? });
    }
    Ok(last)
}

fn modified(path: &Path) -> Result<SystemTime, AuthoringError> {
    let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    modified.map_err(AuthoringError::file("read", path))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quidditch_function::Role;

    use super::*;
    use crate::language::Language;
    use crate::template::create;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn write(path: &Path, seconds: u64) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::File::create(path).expect("created").set_modified(at(seconds)).expect("set");
    }

    #[test]
    fn the_last_change_of_a_folder_is_that_of_a_source() {
        let folder = tempfile::tempdir().expect("a folder");
        write(&folder.path().join("src/lib.rs"), 20);
        write(&folder.path().join("README.md"), 10);
        for written in ["node_modules/package/index.js", "build/a.wasm", "Cargo.lock", ".venv/installed"] {
            write(&folder.path().join(written), 30);
        }
        let last = |besides: &str| last_change(folder.path(), &folder.path().join(besides)).expect("it is there");
        assert_eq!(last("tests"), at(20));
        assert_eq!(last("src"), at(10));
    }

    #[test]
    fn tests_of_a_project_are_no_sources_of_its_component() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in create(folder.path(), "at_least", Language::Wat, Role::Filter).expect("created") {
            fs::File::options().append(true).open(file).expect("it is there").set_modified(at(10)).expect("set");
        }
        let component = folder.path().join("build/at_least.wasm");
        write(&component, 20);
        let project = Project::open(folder.path()).expect("a project");
        write(&folder.path().join("tests/more.json"), 30);
        assert!(!project.is_newer_than(&component).expect("both are there"));
        write(&folder.path().join("more.wat"), 20);
        assert!(!project.is_newer_than(&component).expect("both are there"));
        write(&folder.path().join("more.wat"), 30);
        assert!(project.is_newer_than(&component).expect("both are there"));
    }
}
