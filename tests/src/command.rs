//! Runs the `quidditch` command as a process with its own store.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

use crate::target_directory;

/// The command with a store. A store in a folder is removed on drop.
pub struct Quidditch {
    program: PathBuf,
    folder: TempDir,
    keys: TempDir,
    /// URL of a remote store, and the environment variables for accessing it.
    remote: Option<(String, Vec<(&'static str, String)>)>,
}

impl Quidditch {
    /// The command, built with the same profile as this program, with an empty store.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the store");
        let keys = tempfile::tempdir().expect("a folder for keys");
        Quidditch { program: program(), folder, keys, remote: None }
    }

    /// The command with a store at a URL, and the environment variables for accessing it.
    pub fn over(url: impl Into<String>, environment: Vec<(&'static str, String)>) -> Self {
        Quidditch { remote: Some((url.into(), environment)), ..Self::new() }
    }

    /// The folder of the store. It is also there, and empty, if the store is remote.
    pub fn store(&self) -> &Path {
        self.folder.path()
    }

    /// Its folder of keys, which is empty at first.
    pub fn keys(&self) -> &Path {
        self.keys.path()
    }

    /// The command with arguments, not started yet.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).env("QUIDDITCH_STORE", self.store()).env("QUIDDITCH_KEYS", self.keys());
        command.env_remove("RUST_LOG");
        if let Some((url, environment)) = &self.remote {
            command.env("QUIDDITCH_STORE", url).envs(environment.iter().map(|(name, value)| (name, value)));
        }
        command
    }

    /// Runs the command to its end; `input` is its standard input.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        std::thread::scope(|scope| {
            // The command may not read all of it.
            scope.spawn(move || stdin.write_all(input).ok());
            child.wait_with_output().expect("it ends")
        })
    }

    /// Runs the command, which must succeed; returns what it printed.
    #[track_caller]
    pub fn succeed<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        let output = self.run(arguments, &[]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {stderr}", output.status);
        String::from_utf8(output.stdout).expect("it prints UTF-8")
    }

    /// Starts `quidditch serve` on a free port, and waits until it listens.
    pub fn serve<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Server {
        let mut command = self.command(["serve", "--listen", "127.0.0.1:0"]);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it prints UTF-8");
        let address = line.trim_end().strip_prefix("listening on http://");
        let address =
            address.unwrap_or_else(|| panic!("the server printed {line:?} instead of its address")).to_owned();
        Server { child, address, _stdout: stdout }
    }
}

impl Default for Quidditch {
    fn default() -> Self {
        Self::new()
    }
}

fn program() -> PathBuf {
    let tests = env::current_exe().expect("the system knows its programs");
    let target = target_directory();
    let below = tests.strip_prefix(&target).expect("cargo builds into its target folder");
    let profile = below.components().next().expect("cargo builds into a folder of the profile");
    let program = target.join(profile).join("quidditch").with_extension(env::consts::EXE_EXTENSION);
    assert!(
        program.is_file(),
        "{} is missing: run `cargo xtask test` or `cargo xtask bench`, which build it first",
        program.display()
    );
    program
}

/// A running server. Stopped on drop.
pub struct Server {
    child: Child,
    address: String,
    /// Kept open so that the server can print.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// The URL of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The process's id.
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
