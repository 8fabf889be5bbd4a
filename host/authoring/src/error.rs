//! Errors.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use quidditch_function::Roles;

/// Why a project cannot be made or built.
#[derive(Debug, thiserror::Error)]
pub enum AuthoringError {
    /// A file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// `read`, `write`, `create` and the like.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The project file is invalid, or there is none.
    #[error("{}: {reason}", path.display())]
    Project {
        /// The project file, or the folder without one.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The name of a new function is invalid.
    #[error(
        "invalid function name [{0}], must be a lower-case letter followed by up to 63 lower-case letters, digits or _"
    )]
    Name(String),
    /// A tool that the language needs is not installed.
    #[error("{tool} not found: {install}")]
    ToolMissing {
        /// The program.
        tool: String,
        /// How it is installed.
        install: &'static str,
    },
    /// A tool reported an error.
    #[error("{command} failed ({status}):\n{output}")]
    ToolFailed {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
        /// What it printed.
        output: String,
    },
    /// What the tools made is not a function.
    #[error("cannot make a component with the roles {roles} of {}", path.display())]
    Component {
        /// The roles that the project names.
        roles: Roles,
        /// The module or component.
        path: PathBuf,
        /// Why.
        source: anyhow::Error,
    },
}

impl AuthoringError {
    /// For [`Result::map_err`] after an operation on a file.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| AuthoringError::File { action, path, source }
    }
}
