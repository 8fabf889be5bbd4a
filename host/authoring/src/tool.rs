//! Runs the tools of a language.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

    /// Runs it. What it prints on standard error although it succeeds is reported: these are warnings.
    pub(crate) fn run(mut self, report: fn(&str)) -> Result<(), AuthoringError> {
        let output = self.output()?;
        if output.status.success() {
            report_warnings(&output, report);
            return Ok(());
        }
        let printed = format!("{}\n{}", text(&output.stdout), text(&output.stderr));
        Err(self.failed(&output, &printed))
    }

    /// Runs it, and returns what it prints on standard output. That is for programs, so it is not a part of errors.
    pub(crate) fn read(mut self, report: fn(&str)) -> Result<String, AuthoringError> {
        let output = self.output()?;
        if !output.status.success() {
            return Err(self.failed(&output, &text(&output.stderr)));
        }
        report_warnings(&output, report);
        Ok(text(&output.stdout))
    }

    fn output(&mut self) -> Result<Output, AuthoringError> {
        self.command.output().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => AuthoringError::ToolMissing {
                tool: self.command.get_program().to_string_lossy().into_owned(),
                install: self.install,
            },
            _ => AuthoringError::File { action: "run", path: self.command.get_program().into(), source: error },
        })
    }

    fn failed(&self, output: &Output, printed: &str) -> AuthoringError {
        AuthoringError::ToolFailed {
            command: self.line(),
            status: output.status,
            output: last(printed.trim(), MAX_OUTPUT).to_owned(),
        }
    }

    /// The command line, for people.
    fn line(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }
}

fn report_warnings(output: &Output, report: fn(&str)) {
    let warnings = text(&output.stderr);
    if !warnings.is_empty() {
        report(&warnings);
    }
}

/// What a program printed, without spaces around it.
fn text(printed: &[u8]) -> String {
    String::from_utf8_lossy(printed).trim().to_owned()
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    thread_local! {
        static REPORTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    fn report(text: &str) {
        REPORTED.with_borrow_mut(|reported| reported.push(text.to_owned()));
    }

    fn shell(script: &str) -> Tool {
        Tool::new("sh", "install a shell").args(["-c", script])
    }

    #[test]
    fn warnings_of_a_program_that_succeeds_are_reported() {
        shell("echo done; echo careful >&2").run(report).expect("it succeeds");
        assert_eq!(shell("echo '{}'; echo careful again >&2").read(report).expect("it succeeds"), "{}");
        shell("echo done").run(report).expect("it succeeds");
        assert_eq!(REPORTED.take(), ["careful", "careful again"]);
    }

    #[test]
    fn an_error_has_what_a_program_prints_for_people() {
        let script = "echo out; echo wrong >&2; exit 3";
        let run = shell(script).run(report).expect_err("it fails").to_string();
        insta::assert_snapshot!(run, @r"
        sh -c echo out; echo wrong >&2; exit 3 failed (exit status: 3):
        out
        wrong
        ");
        let read = shell(script).read(report).expect_err("it fails").to_string();
        insta::assert_snapshot!(read, @r"
        sh -c echo out; echo wrong >&2; exit 3 failed (exit status: 3):
        wrong
        ");
        assert_eq!(REPORTED.take(), [""; 0]);
    }
}
