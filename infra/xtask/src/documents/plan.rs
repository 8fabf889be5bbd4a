//! What is run of a document: the commands that its blocks stand for.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use super::block::Block;
use super::checks::{has_only_variables, is_scenario};
use super::expected::Expected;
use crate::server::Server;

/// A command of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    /// File and line of its block.
    pub(super) place: String,
    /// Of one or several lines.
    pub(super) command: String,
    pub(super) expected: Expected,
}

/// The blocks of a document.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// How many blocks the steps are of.
    pub(super) run: usize,
    /// The other blocks: where they are, and why they are not run.
    pub(super) not_run: Vec<String>,
}

impl Plan {
    /// Plans the blocks of a document, and adds those that are wrong to `failures`. Programs in Python need `python`.
    pub(super) fn new(blocks: &[Block], python: Option<&Path>, failures: &mut Vec<String>) -> Self {
        let mut plan = Plan::default();
        for block in blocks {
            if python.is_none() && block.words == ["python"] {
                plan.not_run.push(format!("{}: Python with venv is not installed", block.place));
                continue;
            }
            if let Err(error) = plan.add(block) {
                failures.push(format!("{}: {error:#}", block.place));
            }
        }
        plan
    }

    /// The port of its server: that of the given one, unless the document starts its own.
    pub(super) fn port(&self, server: &Server) -> Result<u16> {
        if self.steps.iter().any(|step| step.command.starts_with("quidditch serve")) {
            return Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port());
        }
        let (_, port) = server.url.rsplit_once(':').context("the URL of a server has a port")?;
        Ok(port.parse()?)
    }

    fn add(&mut self, block: &Block) -> Result<()> {
        let words: Vec<&str> = block.words.iter().map(String::as_str).collect();
        let text = block.text.as_str();
        match *words.as_slice() {
            // A drawing, a layout, or the like.
            ["text"] => return Ok(()),
            [_, "not-run", ref reason @ ..] => {
                ensure!(!reason.is_empty(), "a block that is not run says why");
                self.not_run.push(format!("{}: {}", block.place, reason.join(" ")));
                return Ok(());
            }
            ["console"] => self.console(block)?,
            ["http"] => {
                for request in text.split("\n\n").filter(|request| !request.trim().is_empty()) {
                    self.request(block, request)?;
                }
            }
            ["json", "search", index] => self.request(block, &format!("POST /{index}/_search\n{text}"))?,
            ["json", "query", index] => {
                self.request(block, &format!("POST /{index}/_search\n{{ \"query\": {text} }}"))?;
            }
            ["json", "answer"] => self.expect(Expected::Json(serde_json::from_str(text)?))?,
            ["json", "answer", "like"] => self.expect(Expected::JsonLike(serde_json::from_str(text)?))?,
            ["json" | "toml", "file", path] => {
                self.steps
                    .push(Step { expected: Expected::Output(text.to_owned()), ..step(block, format!("cat {path}")) });
            }
            ["python"] => self.steps.push(step(block, python_program(text))),
            ["rust"] => self.steps.push(step(block, rust_function(text))),
            ["painless", "refused"] => {
                let search = json!({ "query": { "script": { "script": text.trim_end() } } });
                self.request(block, &format!("POST /books/_search\n{search}"))?;
                let refused = json!({ "type": "script_exception", "reason": "compile error" });
                self.expect(Expected::Json(json!({ "error": { "root_cause": [refused] } })))?;
            }
            ["painless"] => is_scenario(&block.code_before, text)?,
            ["hcl"] => has_only_variables(text)?,
            _ => bail!("write after the fence what this block is: {words:?} is unknown"),
        }
        self.run += 1;
        Ok(())
    }

    /// What the last request is answered.
    fn expect(&mut self, answer: Expected) -> Result<()> {
        match self.steps.last_mut() {
            Some(step) if step.command.starts_with("curl ") && step.expected == Expected::Success => {
                step.expected = answer;
                Ok(())
            }
            _ => bail!("an answer follows a request"),
        }
    }

    /// Commands after `$ `, each with what it prints.
    fn console(&mut self, block: &Block) -> Result<()> {
        let mut lines = block.text.lines().peekable();
        while let Some(line) = lines.next() {
            let mut command =
                line.strip_prefix("$ ").with_context(|| format!("{line:?} does not begin with $"))?.to_owned();
            while !is_complete(&command)? {
                command = format!("{command}\n{}", lines.next().context("the last command is not complete")?);
            }
            let mut output = String::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                output += line;
                output.push('\n');
            }
            let expected = if output.trim().is_empty() { Expected::Success } else { Expected::Output(output) };
            self.steps.push(Step { expected, ..step(block, command) });
        }
        Ok(())
    }

    /// A request to the server: a line with method and path, and a body.
    fn request(&mut self, block: &Block, text: &str) -> Result<()> {
        let (line, body) = text.split_once('\n').unwrap_or((text, ""));
        let (method, path) = line.split_once(' ').context("a request begins with a method and a path")?;
        ensure!(path.starts_with('/'), "the path {path:?} does not begin with a slash");
        let mut command = format!("curl -X {method} \"$SERVER\"'{path}'");
        if !body.trim().is_empty() {
            let kind = if path.contains("_bulk") || path.contains("_msearch") { "x-ndjson" } else { "json" };
            command += &format!(
                " -H 'content-type: application/{kind}' --data-binary @- <<'END_OF_BODY'\n{}\nEND_OF_BODY",
                body.trim_end()
            );
        }
        self.steps.push(step(block, command));
        Ok(())
    }
}

fn step(block: &Block, command: String) -> Step {
    Step { place: block.place.clone(), command, expected: Expected::Success }
}

/// Whether a shell would run the command, rather than wait for the next line.
fn is_complete(command: &str) -> Result<bool> {
    if command.ends_with('\\') {
        return Ok(false);
    }
    let output =
        Command::new("bash").args(["-n", "-c", command]).stdin(Stdio::null()).output().context("cannot run bash")?;
    // Of a here-document without its end it only warns.
    Ok(output.status.success() && output.stderr.is_empty())
}

/// Runs a program with the server in place of the one that it names.
fn python_program(text: &str) -> String {
    format!("sed \"s#http://127.0.0.1:9200#$SERVER#\" <<'END_OF_PROGRAM' | python3\n{text}END_OF_PROGRAM")
}

/// Makes a project in which the text is the source, and builds it.
fn rust_function(text: &str) -> String {
    format!(
        "rm -rf example && quidditch udf new example --lang rust && rm -r example/tests && cat > example/src/lib.rs <<'END_OF_SOURCE' && \
         quidditch udf build example\n{text}END_OF_SOURCE"
    )
}
