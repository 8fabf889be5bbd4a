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
    /// Whether a source was changed after this component was built. Changes of tests do not count.
    ///
    /// # Errors
    /// [`AuthoringError::File`].
    pub fn is_newer_than(&self, component: &Path) -> Result<bool, AuthoringError> {
        let tests = self.folder.join(TESTS_FOLDER);
        let is_input = |path: &Path| path != tests && path.file_name().is_some_and(is_source);
        Ok(last_change(&self.folder, &is_input)? > last_change(component, &|_| true)?)
    }
}

/// When a file was changed, or the last file in a folder, of those files and folders in it that `is_input` accepts. Links are not followed:
/// one may lead to nothing, or to a folder above.
///
/// # Errors
/// [`AuthoringError::File`].
pub fn last_change(path: &Path, is_input: &dyn Fn(&Path) -> bool) -> Result<SystemTime, AuthoringError> {
    let metadata = fs::symlink_metadata(path).map_err(AuthoringError::file("read", path))?;
    if !metadata.is_dir() {
        return metadata.modified().map_err(AuthoringError::file("read", path));
    }
    let mut last = SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(path).map_err(AuthoringError::file("list", path))? {
        let inner = entry.map_err(AuthoringError::file("list", path))?.path();
        if is_input(&inner) {
            last = last.max(last_change(&inner, is_input)?);
        }
    }
    Ok(last)
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
        let last = |besides: &str| {
            let is_input = |path: &Path| !path.ends_with(besides) && path.file_name().is_some_and(is_source);
            last_change(folder.path(), &is_input).expect("it is there")
        };
        assert_eq!(last("tests"), at(20));
        assert_eq!(last("src"), at(10));
        assert!(last_change(&folder.path().join("nothing"), &|_| true).is_err());
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
