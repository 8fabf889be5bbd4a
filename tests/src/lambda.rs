//! The functions for Lambda, as processes of their own over a store in S3.

mod http_event;
mod runtime_api;

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use quidditch_test_s3::S3Server;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

pub use http_event::{HttpAnswer, function_url_event};
pub use runtime_api::{Invoked, RuntimeApi};

use crate::{Quidditch, target_directory};

/// Long enough for any answer, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which of the two functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LambdaFunction {
    /// The one that answers requests.
    Search,
    /// The one that adds what is uploaded.
    Index,
}

impl LambdaFunction {
    fn name(self) -> &'static str {
        match self {
            LambdaFunction::Search => "search",
            LambdaFunction::Index => "index",
        }
    }

    /// Its program. Built by itself: in a build together with the command it would hold a compiler.
    pub fn program(self) -> PathBuf {
        let name = format!("quidditch-lambda-{}", self.name());
        let folder = if cfg!(debug_assertions) { "lambda-debug" } else { "lambda" };
        let program = target_directory().join(folder).join(name);
        assert!(
            program.is_file(),
            "{} is missing: run `cargo xtask test` or `cargo xtask bench`, which build it first",
            program.display()
        );
        program
    }
}

/// A store in S3, which is filled with the `quidditch` command.
pub struct LambdaStore {
    /// The server.
    pub server: S3Server,
    quidditch: Quidditch,
}

impl LambdaStore {
    /// An empty store.
    pub fn new() -> Self {
        LambdaStore { server: S3Server::start(), quidditch: Quidditch::new() }
    }

    /// The URL of the store.
    pub fn url(&self) -> String {
        format!("{}/store", self.server.url())
    }

    /// Runs the command, and expects success.
    #[track_caller]
    pub fn succeed(&self, arguments: &[&str]) {
        let mut command = self.quidditch.command(arguments);
        command.env("QUIDDITCH_STORE", self.url()).envs(self.server.environment()).stdin(Stdio::null());
        let output = command.output().expect("the command starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Publishes a component as version 1.0.0, with further arguments of the command.
    #[track_caller]
    pub fn publish(&self, name: &str, component: &[u8], arguments: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("component.wasm");
        fs::write(&file, component).expect("can be written");
        let file = file.to_str().expect("UTF-8");
        let publish = ["udf", "publish", file, "--name", name, "--version", "1.0.0"];
        self.succeed(&[&publish, arguments].concat());
    }

    /// Adds documents, one a line, to a new index.
    #[track_caller]
    pub fn add(&self, index: &str, mapping: &str, documents: &[u8]) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            fs::write(&file, bytes).expect("can be written");
            file.to_str().expect("UTF-8").to_owned()
        };
        let (mapping, documents) = (path("mapping.json", mapping.as_bytes()), path("documents", documents));
        self.succeed(&["index", "create", index, "--mapping", &mapping]);
        self.succeed(&["index", "add", index, &documents]);
    }

    /// Starts a function over this store, with more variables of the environment, on a runtime API of its own.
    pub fn start(&self, function: LambdaFunction, variables: &[(&str, &str)]) -> LambdaProcess {
        self.start_on(&Arc::new(RuntimeApi::start()), function, variables)
    }

    /// The same on a runtime API that several processes take their events from.
    pub fn start_on(
        &self,
        api: &Arc<RuntimeApi>,
        function: LambdaFunction,
        variables: &[(&str, &str)],
    ) -> LambdaProcess {
        let temporary = tempfile::tempdir().expect("a folder");
        let log = temporary.path().join("log");
        let open = || File::options().create(true).append(true).open(&log).expect("can be written");
        let mut command = Command::new(function.program());
        // Nothing of this process's own: Lambda gives what it says it gives.
        command.env_clear().envs(self.server.environment()).env("QUIDDITCH_STORE", self.url());
        command.env("AWS_LAMBDA_RUNTIME_API", api.address()).env("AWS_LAMBDA_FUNCTION_NAME", "test-search");
        command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769").env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        command.env("TMPDIR", temporary.path()).envs(variables.iter().copied());
        let child = command.stdin(Stdio::null()).stdout(open()).stderr(open()).spawn().expect("it starts");
        LambdaProcess { child, api: Arc::clone(api), log, _temporary: temporary }
    }
}

impl Default for LambdaStore {
    fn default() -> Self {
        Self::new()
    }
}

/// A function that is running. Stopped with this value.
pub struct LambdaProcess {
    child: Child,
    api: Arc<RuntimeApi>,
    log: PathBuf,
    _temporary: TempDir,
}

impl LambdaProcess {
    /// The process's id.
    pub fn process(&self) -> String {
        self.child.id().to_string()
    }

    /// Waits until it asks for its first event.
    pub fn wait_until_ready(&self) {
        assert!(self.api.wait_for_processes(1, PATIENCE), "it does not get ready: {}", self.log());
    }

    /// Sends an event, and waits for what it leads to.
    #[track_caller]
    pub fn invoke(&self, event: &Json) -> Invoked {
        match self.api.invoke(&event.to_string(), PATIENCE) {
            Some(invoked) => invoked,
            None => panic!("no answer: {}", self.log()),
        }
    }

    /// Sends a request as a function URL does.
    #[track_caller]
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> HttpAnswer {
        match self.invoke(&function_url_event(method, target, headers, body)) {
            Invoked::Answer(text) => HttpAnswer::parse(&text),
            Invoked::Failed { message, .. } => panic!("{message}: {}", self.log()),
        }
    }

    /// Sends a search; gives the status and the JSON.
    #[track_caller]
    pub fn search(&self, index: &str, body: &Json) -> (u16, Json) {
        let headers = [("content-type", "application/json")];
        let answer = self.send("POST", &format!("/{index}/_search"), &headers, body.to_string().as_bytes());
        (answer.status, answer.json())
    }

    /// Sends the event of files that were uploaded to the bucket: key and entity tag of each.
    #[track_caller]
    pub fn uploaded(&self, files: &[(&str, &str)]) -> Invoked {
        let record = |(key, etag): &(&str, &str)| {
            json!({ "eventName": "ObjectCreated:Put", "s3": {
                "bucket": { "name": quidditch_test_s3::BUCKET }, "object": { "key": key, "eTag": etag },
            } })
        };
        self.invoke(&json!({ "Records": files.iter().map(record).collect::<Vec<_>>() }))
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log can be read")
    }

    /// The lines of its log that are JSON and have this key.
    pub fn log_lines(&self, key: &str) -> Vec<Json> {
        let log = self.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
        lines.filter(|line| line.get(key).is_some()).collect()
    }

    /// Waits until it ends by itself; gives its exit code.
    pub fn wait_for_end(&mut self) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let ended: io::Result<_> = self.child.try_wait();
            if let Some(status) = ended.expect("it is our child") {
                return status.code();
            }
            std::thread::yield_now();
        }
        panic!("it does not end: {}", self.log());
    }
}

impl Drop for LambdaProcess {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to kill.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
