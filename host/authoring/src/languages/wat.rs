//! The text format of WebAssembly: a core module, or a whole component.

use crate::error::AuthoringError;
use crate::options::Made;
use crate::project::Project;

/// The index of the byte of a binary's header that is 1 for a component and 0 for a module.
const LAYER: usize = 6;

pub(super) fn make(project: &Project) -> Result<Made, AuthoringError> {
    let binary = wat::parse_file(&project.source)
        .map_err(|error| AuthoringError::Project { path: project.source.clone(), reason: error.to_string() })?;
    Ok(if binary.get(LAYER) == Some(&1) { Made::Component(binary) } else { Made::Module(binary) })
}
