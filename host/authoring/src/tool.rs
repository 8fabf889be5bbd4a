//! Runs the tools of a language.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::AuthoringError;

/// Bytes of a tool's output in an error: the end, where tools say what went wrong.
const MAX_OUTPUT: usize = 8_000;

/// A program to be run once.
pub(crate) struct Tool {
    command: Command,
    install: &'static str,
}

impl Tool {
    /// `install` tells people without this program how to get it.
    pub(crate) fn new(program: impl AsRef<OsStr>, install: &'static str) -> Self {
        Tool { command: Command::new(program), install }
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it, and returns what it printed on standard output.
    pub(crate) fn run(mut self) -> Result<String, AuthoringError> {
        let output = self.command.output().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => AuthoringError::ToolMissing {
                tool: self.command.get_program().to_string_lossy().into_owned(),
                install: self.install,
            },
            _ => AuthoringError::File { action: "run", path: self.command.get_program().into(), source: error },
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        Err(AuthoringError::ToolFailed {
            command: self.line(),
            status: output.status,
            output: last(printed.join("\n").trim(), MAX_OUTPUT).to_owned(),
        })
    }

    /// The command line, for people.
    fn line(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }
}

/// The last bytes of a text, beginning at a line if there is one.
fn last(text: &str, bytes: usize) -> &str {
    let Some(from) = text.len().checked_sub(bytes) else { return text };
    let from = text.ceil_char_boundary(from);
    let rest = &text[from..];
    rest.split_once('\n').map_or(rest, |(_, lines)| lines)
}

/// Finds a program in the folders of `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path: OsString = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}
