//! Transcripts: requests that change something, one after another, with their answers, in the files
//! `tests/transcripts/<topic>/<name>.txt`.
//!
//! ```text
//! # What follows shows that an index can be created once.
//! PUT /try-a
//! {"mappings": {"properties": {"name": {"type": "text"}}}}
//! => 200
//! {"acknowledged":true,"shards_acknowledged":true,"index":"try-a"}
//!
//! # differs: why a server that speaks the same API answers differently
//! PUT /try-a
//! => 400
//! {"error": ...}
//! ```
//!
//! A step is a request, with its body, and what is answered; an empty line ends it. A transcript begins with an empty store. All names
//! of indices, aliases and templates in it begin with `try-`, so that they can be told from those of others on a server.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use serde_json::Value as Json;

/// What names begin with.
pub const TRANSCRIPT_PREFIX: &str = "try-";

/// Longest JSON on one line.
const LINE_WIDTH: usize = 120;

/// A sequence of requests with their answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    /// `<topic>/<name>`.
    pub name: String,
    /// Where it is.
    pub file: PathBuf,
    /// The requests, in their order.
    pub steps: Vec<Step>,
}

/// One request with its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// What is to be read before it, without `#`.
    pub comments: Vec<String>,
    /// Why a server that speaks the same API answers differently, if it does.
    pub differs: Option<String>,
    /// The method.
    pub method: String,
    /// The path with its parameters.
    pub path: String,
    /// The body; empty if there is none. One of several lines ends with a newline.
    pub body: String,
    /// The status of the answer.
    pub status: u16,
    /// The text of the answer.
    pub answer: String,
}

impl Transcript {
    /// All transcripts, sorted by name.
    ///
    /// # Errors
    /// Files that cannot be read, or are none.
    pub fn all() -> io::Result<Vec<Self>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts");
        let mut transcripts = Vec::new();
        for topic in fs::read_dir(&root)? {
            let topic = topic?.path();
            for file in fs::read_dir(&topic)? {
                let file = file?.path();
                let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let full_name = format!("{}/{}", name(&topic), name(&file));
                let steps = parse(&fs::read_to_string(&file)?)
                    .map_err(|reason| io::Error::other(format!("{full_name}: {reason}")))?;
                transcripts.push(Transcript { name: full_name, file, steps });
            }
        }
        transcripts.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(transcripts)
    }
}

/// As a file.
impl fmt::Display for Transcript {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            step.fmt(formatter)?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for comment in &self.comments {
            writeln!(formatter, "# {comment}")?;
        }
        if let Some(differs) = &self.differs {
            writeln!(formatter, "# differs: {differs}")?;
        }
        writeln!(formatter, "{} {}", self.method, self.path)?;
        if !self.body.is_empty() {
            writeln!(formatter, "{}", self.body.trim_end_matches('\n'))?;
        }
        writeln!(formatter, "=> {}", self.status)?;
        if !self.answer.is_empty() {
            writeln!(formatter, "{}", self.answer)?;
        }
        Ok(())
    }
}

/// The text of an answer as transcripts have it: JSON on one line if it is short, and indented otherwise. What differs from run to run is
/// replaced: ids of indices, and times.
pub fn transcript_answer(text: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<Json>(text) else { return text.trim_end().to_owned() };
    replace_changing(&mut json);
    let line = json.to_string();
    if line.len() <= LINE_WIDTH { line } else { format!("{json:#}") }
}

fn replace_changing(json: &mut Json) {
    match json {
        Json::Object(object) => {
            for (key, value) in object {
                if key == "took" && value.is_number() {
                    *value = 0.into();
                }
                replace_changing(value);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(replace_changing),
        Json::String(text) => *text = without_ids(text),
        _ => {}
    }
}

/// Replaces ids of indices, which are ULIDs.
fn without_ids(text: &str) -> String {
    let is_id =
        |word: &str| word.len() == 26 && word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let mut replaced = String::new();
    let mut word = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_alphanumeric() {
            word.push(character);
            continue;
        }
        replaced.push_str(if is_id(&word) { "ID" } else { &word });
        word.clear();
        if character != '\0' {
            replaced.push(character);
        }
    }
    replaced
}

/// Why a text is not a transcript.
#[derive(Debug, PartialEq, thiserror::Error)]
enum SyntaxError {
    #[error("a step must begin with a method and a path, but begins with {0:?}")]
    Request(String),
    #[error("the step {0:?} has no line `=> STATUS`")]
    NoStatus(String),
}

fn parse(text: &str) -> Result<Vec<Step>, SyntaxError> {
    let steps = text.split("\n\n").map(|step| step.trim_matches('\n')).filter(|step| !step.is_empty());
    steps.map(parse_step).collect()
}

fn parse_step(text: &str) -> Result<Step, SyntaxError> {
    let mut step = Step::default();
    let mut lines = text.lines().peekable();
    while let Some(comment) = lines.peek().and_then(|line| line.strip_prefix('#')) {
        match comment.trim().strip_prefix("differs: ") {
            Some(reason) => step.differs = Some(reason.to_owned()),
            None => step.comments.push(comment.trim().to_owned()),
        }
        lines.next();
    }
    let request = lines.next().unwrap_or_default();
    let (method, path) = request.split_once(' ').ok_or_else(|| SyntaxError::Request(request.to_owned()))?;
    (step.method, step.path) = (method.to_owned(), path.to_owned());
    let mut body: Vec<&str> = Vec::new();
    let status = loop {
        let line = lines.next().ok_or_else(|| SyntaxError::NoStatus(request.to_owned()))?;
        match line.strip_prefix("=> ") {
            Some(status) => break status,
            None => body.push(line),
        }
    };
    step.body = body.join("\n");
    if body.len() > 1 {
        step.body.push('\n');
    }
    step.status = status.trim().parse().map_err(|_| SyntaxError::NoStatus(request.to_owned()))?;
    step.answer = lines.collect::<Vec<_>>().join("\n");
    Ok(step)
}
