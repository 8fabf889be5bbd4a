//! Spin apps, run as processes by a host that stands in for Spin.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

use crate::target_directory;

/// Options for running an app.
#[derive(Debug, Clone, Default)]
pub struct SpinOptions {
    /// Its variables.
    pub variables: Vec<(&'static str, String)>,
    /// The folder that is mounted as `/store`.
    pub files: Option<PathBuf>,
    /// Additional arguments for the host.
    pub arguments: Vec<String>,
    /// Environment variables of the host.
    pub environment: Vec<(&'static str, String)>,
}

/// An app does not start.
#[derive(Debug)]
pub struct NotStarted {
    /// What the host has written to standard error.
    pub log: String,
}

/// A running app. Stopped on drop.
pub struct SpinApp {
    child: Child,
    address: String,
    folder: TempDir,
    /// Kept open so that the app can print.
    _stdout: BufReader<ChildStdout>,
}

impl SpinApp {
    /// Starts a component on a free port, and waits until it listens.
    pub fn start(app: &Path, options: &SpinOptions) -> Self {
        Self::try_start(app, options)
            .unwrap_or_else(|NotStarted { log }| panic!("{} does not start: {log}", app.display()))
    }

    /// The same for an app that may not start.
    ///
    /// # Errors
    /// If the host ends.
    pub fn try_start(app: &Path, options: &SpinOptions) -> Result<Self, NotStarted> {
        let folder = tempfile::tempdir().expect("a folder");
        let log = File::create(folder.path().join("log")).expect("can be written");
        let mut command = Command::new(host());
        // Most apps of the tests are the same, and each would take seconds to compile.
        command.arg("--cache").arg(target_directory().join("spin-cache"));
        command.arg(app).args(&options.arguments).envs(options.environment.iter().map(|(name, value)| (name, value)));
        for (name, value) in &options.variables {
            command.arg("--variable").arg(format!("{name}={value}"));
        }
        if let Some(files) = &options.files {
            command.arg("--files").arg(format!("{}=/store", files.display()));
        }
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().expect("the host starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it prints UTF-8");
        let Some(address) = line.trim_end().strip_prefix("listening on http://") else {
            child.wait().expect("it ends");
            let log = fs::read_to_string(folder.path().join("log")).expect("the log can be read");
            return Err(NotStarted { log });
        };
        Ok(SpinApp { child, address: address.to_owned(), folder, _stdout: stdout })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The URL of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the host and the app have written to standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("the log can be read")
    }
}

impl Drop for SpinApp {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Built separately, always with the same profile: benchmarks measure the app, which the host compiles.
fn host() -> PathBuf {
    let program = target_directory().join("debug/quidditch-test-spin").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        program.is_file(),
        "{} is missing: run `cargo xtask test` or `cargo xtask bench`, which build it first",
        program.display()
    );
    program
}
