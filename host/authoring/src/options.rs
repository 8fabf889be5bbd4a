//! How projects are built, and what of.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::project::Project;

/// How a project is built.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the component is written.
    pub component: PathBuf,
    /// A folder for intermediate files, which is created.
    pub work: PathBuf,
    /// Whether names and debug information stay.
    pub names: Names,
    /// The profile of cargo, for Rust.
    pub cargo_profile: String,
    /// Variables for cargo, such as those that choose another toolchain.
    pub cargo_environment: Vec<(&'static str, OsString)>,
    /// Is called during the build with lines for people: what takes long, before it begins, and the warnings of tools.
    pub report: fn(&str),
}

impl Options {
    /// Those of `quidditch udf build`: everything is in the folder `build` of the project. Nothing is reported.
    pub fn of(project: &Project) -> Self {
        let build = project.folder.join("build");
        Options {
            component: build.join(&project.about.name).with_extension("wasm"),
            work: build.join("work"),
            names: Names::Remove,
            cargo_profile: "release".to_owned(),
            cargo_environment: Vec::new(),
            report: |_| (),
        }
    }
}

/// Whether a component keeps names and debug information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// They stay, so that traps name functions, files and lines.
    Keep,
    /// They are removed, for a small component.
    Remove,
}

/// What the tools of a language make.
pub(crate) enum Made {
    /// A core module, whose exports have the names of the canonical ABI.
    Module(Vec<u8>),
    /// A component.
    Component(Vec<u8>),
}
