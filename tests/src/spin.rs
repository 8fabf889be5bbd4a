//! Spin apps: made by the `quidditch` command, and run as processes by the host that takes Spin's place.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

use crate::target_directory;

/// How an app is run.
#[derive(Debug, Clone, Default)]
pub struct SpinOptions {
    /// Its variables.
    pub variables: Vec<(&'static str, String)>,
    /// A folder that it sees as `/store`.
    pub files: Option<PathBuf>,
    /// Further arguments of the host.
    pub arguments: Vec<String>,
}

/// An app that is running. Stopped with this value.
pub struct SpinApp {
    child: Child,
    address: String,
    folder: TempDir,
    /// Kept open, so that the app may print.
    _stdout: BufReader<ChildStdout>,
}

impl SpinApp {
    /// Starts a component on a free port, and waits until it listens.
    pub fn start(app: &Path, options: &SpinOptions) -> Self {
        Self::try_start(app, options).unwrap_or_else(|log| panic!("{} does not start: {log}", app.display()))
    }

    /// The same; where it does not start, what the host says about it.
    pub fn try_start(app: &Path, options: &SpinOptions) -> Result<Self, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let log = File::create(folder.path().join("log")).expect("can be written");
        let mut command = Command::new(host());
        command.arg(app).args(&options.arguments);
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
        match line.trim_end().strip_prefix("listening on http://") {
            Some(address) => {
                let address = address.to_owned();
                Ok(SpinApp { child, address, folder, _stdout: stdout })
            }
            None => {
                child.wait().expect("it ends");
                Err(fs::read_to_string(folder.path().join("log")).expect("the log can be read"))
            }
        }
    }

    /// The URL of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What host and app have written to standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("the log can be read")
    }
}

impl Drop for SpinApp {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to kill.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Built by itself, always with the same profile: what is measured is the app, which the host compiles.
fn host() -> PathBuf {
    let program = target_directory().join("debug/quidditch-test-spin").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        program.is_file(),
        "{} is missing: run `cargo xtask test` or `cargo xtask bench`, which build it first",
        program.display()
    );
    program
}
