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
use crate::tool::on_path;

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

/// Whether what builds functions in a language is installed. What comes from a package registry is installed by the build.
pub fn is_installed(language: Language) -> bool {
    match language {
        Language::Rust => on_path("cargo").is_some(),
        Language::C => CToolchain::find().is_ok(),
        Language::Go => on_path("go").is_some(),
        Language::JavaScript | Language::TypeScript | Language::AssemblyScript => on_path("npm").is_some(),
        Language::Python => on_path("python3").is_some(),
        Language::Wat => true,
    }
}
