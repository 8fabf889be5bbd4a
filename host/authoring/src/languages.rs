//! The languages that functions are written in. Each file builds one of them.

mod assemblyscript;
mod c;
mod go;
mod javascript;
mod node;
mod python;
mod rust;
mod wat;

use crate::error::AuthoringError;
use crate::language::Language;
use crate::options::{Made, Options};
use crate::project::Project;

pub use c::{C_PACKAGES_OF_DEBIAN, CToolchain};

/// Builds a module or component from the project's source.
pub(crate) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    match project.language {
        Language::Rust => rust::make(project, options),
        Language::C => c::make(project, options),
        Language::Go => go::make(project, options),
        Language::JavaScript | Language::TypeScript => javascript::make(project, options),
        Language::AssemblyScript => assemblyscript::make(project, options),
        Language::Python => python::make(project, options),
        Language::Wat => wat::make(project),
    }
}
