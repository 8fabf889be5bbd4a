//! Runs the Lambda functions as processes over a store in S3.

mod http_event;
mod runtime_api;

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use quidditch_test_s3::S3Server;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

pub use http_event::{HttpAnswer, function_url_event};
pub use runtime_api::{Invoked, RuntimeApi};

use crate::{PATIENCE, Quidditch, target_directory};

/// One of the two Lambda functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LambdaFunction {
    /// The search function.
    Search,
    /// The indexing function.
    Index,
}

impl LambdaFunction {
    fn name(self) -> &'static str {
        match self {
            LambdaFunction::Search => "search",
            LambdaFunction::Index => "index",
        }
    }

    /// Its program: for tests, the one that is built with the whole workspace; for benchmarks, the packaged one.
    pub fn program(self) -> PathBuf {
        let name = format!("quidditch-lambda-{}", self.name());
        let folder = if cfg!(debug_assertions) { "debug" } else { "lambda" };
        let program = target_directory().join(folder).join(name);
        assert!(
            program.is_file(),
            "{} is missing: run `cargo xtask test` or `cargo xtask bench`, which build it first",
            program.display()
        );
        program
    }
}

/// A store in S3, filled with the `quidditch` command. Functions are signed with a key that the Lambda functions trust.
pub struct LambdaStore {
    /// The S3 server.
    pub server: S3Server,
    quidditch: Quidditch,
}

impl LambdaStore {
    /// An empty store.
    pub fn new() -> Self {
        let store = LambdaStore { server: S3Server::start(), quidditch: Quidditch::new() };
        store.succeed(&["key", "new"]);
        store
    }

    /// The URL of the store.
    pub fn url(&self) -> String {
        format!("{}/store", self.server.url())
    }

    /// The key that signs functions.
    pub fn public_key(&self) -> String {
        let file = self.quidditch.keys().join("default.pub");
        fs::read_to_string(file).expect("the key was made with the store").trim().to_owned()
    }

    /// Runs the command, which must succeed.
    #[track_caller]
    pub fn succeed(&self, arguments: &[&str]) {
        let mut command = self.quidditch.command(arguments);
        command.env("QUIDDITCH_STORE", self.url()).envs(self.server.environment()).stdin(Stdio::null());
        let output = command.output().expect("the command starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Publishes a component as version 1.0.0, with additional arguments for the command.
    #[track_caller]
    pub fn publish(&self, name: &str, component: &[u8], arguments: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("component.wasm");
        fs::write(&file, component).expect("can be written");
        let file = file.to_str().expect("UTF-8");
        let publish = ["udf", "publish", file, "--name", name, "--version", "1.0.0"];
        self.succeed(&[&publish, arguments].concat());
    }

    /// Adds documents, one per line, to a new index.
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

    /// Starts a Lambda function over this store, with additional environment variables, on its own runtime API.
    pub fn start(&self, function: LambdaFunction, variables: &[(&str, &str)]) -> LambdaProcess {
        self.start_on(&Arc::new(RuntimeApi::start()), function, variables)
    }

    /// Like [`LambdaStore::start`], on a runtime API that several processes share.
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
        // Nothing is inherited: a Lambda function only has the variables that Lambda documents.
        command.env_clear().envs(self.server.environment()).env("QUIDDITCH_STORE", self.url());
        // Where `cargo xtask coverage` has programs count their lines.
        command.envs(std::env::var("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
        command.env("AWS_LAMBDA_RUNTIME_API", api.address()).env("AWS_LAMBDA_FUNCTION_NAME", "test-search");
        command.env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769").env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        command.env("QUIDDITCH_TRUSTED_KEYS", self.public_key());
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

/// The event for files uploaded to the bucket, given by key and entity tag.
pub fn upload_event(files: &[(&str, &str)]) -> Json {
    let record = |(key, etag): &(&str, &str)| {
        json!({ "eventName": "ObjectCreated:Put", "s3": {
            "bucket": { "name": quidditch_test_s3::BUCKET }, "object": { "key": key, "eTag": etag },
        } })
    };
    json!({ "Records": files.iter().map(record).collect::<Vec<_>>() })
}

/// The same event for one file, with the sequencer that orders the uploads of a key.
pub fn sequenced_upload_event(key: &str, etag: &str, sequencer: &str) -> Json {
    let mut event = upload_event(&[(key, etag)]);
    event["Records"][0]["s3"]["object"]["sequencer"] = json!(sequencer);
    event
}

/// A running Lambda function. Stopped on drop.
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

    /// Waits until the process asks for its first event.
    pub fn wait_until_ready(&self) {
        assert!(self.api.wait_for_processes(1, PATIENCE), "it does not get ready: {}", self.log());
    }

    /// Sends an event, and waits for its result.
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

    /// Sends a search; returns the status and the JSON.
    #[track_caller]
    pub fn search(&self, index: &str, body: &Json) -> (u16, Json) {
        let headers = [("content-type", "application/json")];
        let answer = self.send("POST", &format!("/{index}/_search"), &headers, body.to_string().as_bytes());
        (answer.status, answer.json())
    }

    /// Sends the event for files uploaded to the bucket, given by key and entity tag.
    #[track_caller]
    pub fn uploaded(&self, files: &[(&str, &str)]) -> Invoked {
        self.invoke(&upload_event(files))
    }

    /// Sends an event with a request id, and returns a receiver of its result.
    pub fn send_event(&self, request_id: &str, event: &Json) -> Receiver<Invoked> {
        self.api.send(request_id, &event.to_string())
    }

    /// Sends an event with a request id, and waits for its result.
    #[track_caller]
    pub fn invoke_as(&self, request_id: &str, event: &Json) -> Invoked {
        match self.send_event(request_id, event).recv_timeout(PATIENCE) {
            Ok(invoked) => invoked,
            Err(_) => panic!("no answer: {}", self.log()),
        }
    }

    /// The failed initialisations that the process has reported.
    pub fn init_errors(&self) -> Vec<Invoked> {
        self.api.init_errors()
    }

    /// The log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log can be read")
    }

    /// The JSON lines of the log that have this key.
    pub fn log_lines(&self, key: &str) -> Vec<Json> {
        let log = self.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
        lines.filter(|line| line.get(key).is_some()).collect()
    }

    /// Waits until the process ends by itself; returns its exit code.
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
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
