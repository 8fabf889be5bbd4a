//! Runs the program with a store of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use tempfile::TempDir;

pub(crate) const DOCUMENTS: &str = r#"{"_id": "1", "name": "Berlin", "country": "DE", "population": 3700000}
{"_id": "2", "name": "Bern", "country": "CH", "population": 134000}
{"_id": "3", "name": "Hamburg", "country": "DE", "population": 1900000}
"#;

pub(crate) const MAPPING: &str = r#"{"dynamic": "strict", "properties": {
    "name": {"type": "text"}, "country": {"type": "keyword"}, "population": {"type": "long"}}}"#;

/// A folder for a store and other files.
pub(crate) struct Installation {
    folder: TempDir,
}

impl Installation {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("keys")).expect("the folder is new");
        Installation { folder }
    }

    /// With the index `cities`, which has three documents.
    pub(crate) fn with_cities() -> Self {
        let installation = Self::new();
        let mapping = installation.write("mapping.json", MAPPING);
        installation.succeed(&["index", "create", "cities", "--mapping", &mapping]);
        installation.run_with(&["index", "add", "cities"], DOCUMENTS);
        installation
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("the path is UTF-8").to_owned()
    }

    /// Writes a file; returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("the folder can be written to");
        path.to_str().expect("the path is UTF-8").to_owned()
    }

    /// Runs the command; returns its exit code, standard output and standard error.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> String {
        self.finish(self.spawn(arguments), input)
    }

    /// Runs the command with these environment variables.
    pub(crate) fn run_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> String {
        self.finish(self.spawn_with(variables, arguments), "")
    }

    fn finish(&self, mut child: Child, input: impl AsRef<[u8]>) -> String {
        let mut stdin = child.stdin.take().expect("it is piped");
        // A program that does not read its input closes it.
        let _ = stdin.write_all(input.as_ref());
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let code = output.status.code().map_or_else(|| output.status.to_string(), |code| code.to_string());
        self.without_folder(&format!("{code}\n{}{}", text(&output.stdout), text(&output.stderr)))
    }

    /// Runs a command that must succeed; returns what it prints.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        output.strip_prefix("0\n").unwrap_or_else(|| panic!("{arguments:?}: {output}")).to_owned()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.succeed(arguments)).expect("it prints JSON")
    }

    /// Starts the command.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        self.spawn_with(&[], arguments)
    }

    fn spawn_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_quidditch"))
            .args(arguments)
            .env("QUIDDITCH_STORE", self.store())
            .env("QUIDDITCH_KEYS", self.folder.path().join("keys"))
            .env("QUIDDITCH_USER", "ada")
            .env_remove("RUST_LOG")
            .env_remove("NO_COLOR")
            .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be run")
    }

    /// The store's folder.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn without_folder(&self, text: &str) -> String {
        text.replace(self.folder.path().to_str().expect("the path is UTF-8"), "FOLDER")
    }

    /// Starts a server on a free port.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    pub(crate) fn serve_with(&self, arguments: &[&str]) -> Server {
        self.serve_in(&[], arguments)
    }

    /// Starts a server with these environment variables.
    pub(crate) fn serve_in(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Server {
        let mut child = self.spawn_with(variables, &[&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it prints a line");
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("it printed {line:?}")).to_owned();
        Server { child, url, _output: output }
    }
}

/// A running server; stopped on drop.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Lets the server end; returns what it has printed on standard error.
    #[cfg(unix)]
    pub(crate) fn finish(&mut self) -> String {
        use rustix::process::{Pid, Signal, kill_process};

        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("it runs");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        self.stop()
    }

    /// Stops the server; returns what it has printed on standard error.
    pub(crate) fn stop(&mut self) -> String {
        let _ = self.child.kill();
        let mut log = String::new();
        let stderr = self.child.stderr.take().expect("it is piped");
        BufReader::new(stderr).read_to_string(&mut log).expect("it prints UTF-8");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client whose requests fail if the server does not answer for a long time.
pub(crate) fn client() -> Client {
    // `oci-client` compiles reqwest with TLS, without a provider. An error is that another test has set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("the options are valid")
}

/// `score x boost + factor x field`, a scorer.
pub(crate) fn custom_score() -> Vec<u8> {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "../../udfs/examples/custom_score/custom_score.wat"].iter().collect();
    wat::parse_file(Path::new(&path)).expect("it is valid")
}

/// Replaces sizes, which depend on the version of the search library.
pub(crate) fn without_sizes(text: &str) -> String {
    let is_size = |word: &str| word.contains('.') && word.parse::<f64>().is_ok();
    let words = text.split(' ').map(|word| match word.strip_prefix('(') {
        Some(word) if is_size(word) => "(N",
        _ if is_size(word) => "N",
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}
