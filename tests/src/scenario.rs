//! Scenarios: a request and its response, each in a folder `tests/scenarios/<topic>/<name>/`.
//!
//! - `request.json`: the body. Absent if there is none.
//! - `call.json`: what differs from `POST /{index}/_search`: `method`, `path`, `headers`; and `status`, if it is neither 200
//!   nor the status of an error. The index is `books`, or the scenario's own.
//! - `response.json`, or `error.json` with the response's `status`: the whole response, except times and what was read.
//! - `mapping.json` and `documents.ndjson`: an index of the scenario's own, named `<topic>-<name>`. A blank line among the
//!   documents starts a new split.
//! - `painless.json`: the request with scripts in place of its functions, for servers that do not have these functions.
//! - `differs.txt`: why a server that speaks the same API answers differently.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

const FILES: [&str; 8] = [
    "call.json",
    "differs.txt",
    "documents.ndjson",
    "error.json",
    "mapping.json",
    "painless.json",
    "request.json",
    "response.json",
];

/// What is wrong with the files of a scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file that does not belong there.
    #[error("a scenario has no file {0}")]
    UnknownFile(String),
    /// Files that are missing.
    #[error("{0}")]
    Incomplete(&'static str),
    /// A file or folder that cannot be read.
    #[error("{} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// A `call.json` that does not describe a call.
    #[error("call.json is invalid")]
    Call(#[source] serde_json::Error),
}

/// A request and its response. The expected response is read by whoever compares it.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// `<topic>/<name>`.
    pub name: String,
    /// Where its files are.
    pub folder: PathBuf,
    /// How the request is sent.
    pub call: ScenarioCall,
    /// The body of the request, or an empty text.
    pub body: String,
    /// The body for servers that have scripts instead of functions.
    pub painless: Option<String>,
    /// Why servers that speak the same API answer differently, if they do.
    pub differs: Option<String>,
    /// The scenario's own index.
    pub index: Option<ScenarioIndex>,
}

/// Method, path and headers of a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScenarioCall {
    /// By default `POST`.
    pub method: String,
    /// By default `/{index}/_search`.
    pub path: String,
    /// In addition to `content-type`, or instead of it.
    pub headers: BTreeMap<String, String>,
    /// Of the response, unless that is an error.
    pub status: u16,
}

/// An index that belongs to a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioIndex {
    /// Its name.
    pub name: String,
    /// Its mapping, as JSON.
    pub mapping: String,
    /// One JSON document per line; each text becomes a split.
    pub splits: Vec<String>,
}

impl Default for ScenarioCall {
    fn default() -> Self {
        ScenarioCall { method: "POST".to_owned(), path: String::new(), headers: BTreeMap::new(), status: 200 }
    }
}

impl Scenario {
    /// The folder `tests/scenarios`.
    pub fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
    }

    /// The names of all scenarios below a folder, in alphabetical order.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn names(root: &Path) -> Result<Vec<String>, ScenarioError> {
        let mut names = Vec::new();
        for topic in entries(root)? {
            for scenario in entries(&root.join(&topic))? {
                names.push(format!("{topic}/{scenario}"));
            }
        }
        Ok(names)
    }

    /// Reads the scenario of that name below `root`.
    ///
    /// # Errors
    /// What is wrong with its files.
    pub fn read(root: &Path, name: &str) -> Result<Self, ScenarioError> {
        let folder = &root.join(name);
        if let Some(unknown) = entries(folder)?.into_iter().find(|file| !FILES.contains(&file.as_str())) {
            return Err(ScenarioError::UnknownFile(unknown));
        }
        let call = read(folder, "call.json")?;
        let body = read(folder, "request.json")?;
        if call.is_none() && body.is_none() {
            return Err(ScenarioError::Incomplete("neither request.json nor call.json exists"));
        }
        let index = match (read(folder, "mapping.json")?, read(folder, "documents.ndjson")?) {
            (Some(mapping), Some(documents)) => {
                Some(ScenarioIndex { name: name.replace('/', "-"), mapping, splits: splits(&documents) })
            }
            (None, None) => None,
            _ => return Err(ScenarioError::Incomplete("of mapping.json and documents.ndjson, one is missing")),
        };
        let mut call: ScenarioCall = match call {
            Some(text) => serde_json::from_str(&text).map_err(ScenarioError::Call)?,
            None => ScenarioCall::default(),
        };
        if call.path.is_empty() {
            call.path = format!("/{}/_search", index.as_ref().map_or("books", |index| &index.name));
        }
        Ok(Scenario {
            name: name.to_owned(),
            folder: folder.clone(),
            call,
            body: body.unwrap_or_default(),
            painless: read(folder, "painless.json")?,
            differs: read(folder, "differs.txt")?,
            index,
        })
    }

    /// The text of one of its files, if the file exists.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn file(&self, name: &str) -> Result<Option<String>, ScenarioError> {
        read(&self.folder, name)
    }
}

/// Cuts documents at blank lines.
fn splits(documents: &str) -> Vec<String> {
    let mut splits = vec![String::new()];
    for line in documents.lines() {
        if line.trim().is_empty() {
            splits.push(String::new());
        } else if let Some(split) = splits.last_mut() {
            split.push_str(line);
            split.push('\n');
        }
    }
    splits.retain(|split| !split.is_empty());
    splits
}

/// The names of the files and folders in a folder, in alphabetical order.
fn entries(folder: &Path) -> Result<Vec<String>, ScenarioError> {
    let unreadable = |error| ScenarioError::Unreadable(folder.to_owned(), error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        names.push(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn read(folder: &Path, file: &str) -> Result<Option<String>, ScenarioError> {
    let path = folder.join(file);
    if !path.exists() {
        return Ok(None);
    }
    fs::read_to_string(&path).map(Some).map_err(|error| ScenarioError::Unreadable(path, error))
}
