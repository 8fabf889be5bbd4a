//! Builds the component of a project.

use std::fs::{self, File};
use std::path::PathBuf;

use crate::component;
use crate::error::AuthoringError;
use crate::files::{absolute, replace_file};
use crate::languages;
use crate::options::{Made, Options};
use crate::project::Project;

/// A component that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The file of the component.
    pub path: PathBuf,
    /// The component.
    pub component: Vec<u8>,
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
    // Some tools run in the folder of the project, others where this program runs.
    let at_root = Project {
        folder: absolute(&project.folder)?,
        sdk: absolute(&project.sdk)?,
        source: absolute(&project.source)?,
        ..project.clone()
    };
    let made = languages::make(&at_root, &Options { work: absolute(&options.work)?, ..options.clone() })?;
    let failed = |source| AuthoringError::Component { roles: project.roles, path: project.source.clone(), source };
    let component = match made {
        Made::Module(module) => component::from_module(&module, project.roles, options.names).map_err(failed)?,
        Made::Component(component) => component,
    };
    let component = component::finish(&component, &project.about, project.roles, options.names).map_err(failed)?;
    replace_file(&options.component, &component)?;
    Ok(Built { path: options.component.clone(), component })
}
