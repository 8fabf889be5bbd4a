//! Builds the component of a project.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::component;
use crate::error::AuthoringError;
use crate::languages;
use crate::options::{Made, Options};
use crate::project::Project;

/// A component that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The file of the component.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

/// Builds the component of a project. It replaces the file of an earlier one at once.
///
/// # Errors
/// [`AuthoringError`]: a tool is missing or failed, or what it made does not implement the roles.
pub fn build(project: &Project, options: &Options) -> Result<Built, AuthoringError> {
    fs::create_dir_all(&options.work).map_err(AuthoringError::file("create", &options.work))?;
    // Two builds at a time would share the files of the tools.
    let lock = options.work.join("lock");
    let lock =
        File::create(&lock).and_then(|file| file.lock().map(|()| file)).map_err(AuthoringError::file("lock", lock));
    let _lock = lock?;
    let made = languages::make(project, options)?;
    let failed = |source| AuthoringError::Component { roles: project.roles, path: project.source.clone(), source };
    let component = match made {
        Made::Module(module) => component::from_module(&module, project.roles).map_err(failed)?,
        Made::Component(component) => component,
    };
    let component = component::finish(&component, &project.about, project.roles, options.names).map_err(failed)?;
    replace(&options.component, &component)?;
    Ok(Built { path: options.component.clone(), size: component.len() as u64 })
}

/// Replaces a file atomically: a concurrent reader sees the old or the new content.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), AuthoringError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(AuthoringError::file("create", folder))?;
    }
    let new = path.with_extension("new");
    fs::write(&new, bytes).map_err(AuthoringError::file("write", &new))?;
    fs::rename(&new, path).map_err(AuthoringError::file("write", path))
}
