//! `quidditch udf run`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use quidditch_clock::{Clock, SystemClock};
use quidditch_function::{Code, FunctionId, FunctionResolver, NativeFunctions, Role};
use serde_json::{Map, Value as Json, json};

use super::split_version;
use super::try_out::{DocumentResult, Said, Trial, Tried};
use crate::arguments::Global;
use crate::document_files::DocumentFiles;
use crate::index::read_mapping;
use crate::installation::{Installation, loader};
use crate::log::FunctionLog;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::table::Table;

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("role").required(true))]
pub(crate) struct Arguments {
    /// A component (FILE.wasm), or a published function (NAME or NAME@VERSION)
    function: String,
    /// Run it as a filter
    #[arg(long, group = "role")]
    filter: bool,
    /// Run it as a scorer
    #[arg(long, group = "role")]
    scorer: bool,
    /// Its parameters, a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = object)]
    parameters: Map<String, Json>,
    /// File with one JSON document a line, plain or in gzip; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    documents: String,
    /// File with the mapping of the documents; without it their fields say what they are
    #[arg(long, value_name = "FILE")]
    mapping: Option<String>,
}

fn object(text: &str) -> Result<Map<String, Json>, serde_json::Error> {
    serde_json::from_str(text)
}

/// The functions that are tried, and the one that is meant.
struct Chosen {
    functions: Arc<dyn FunctionResolver>,
    name: String,
    version: Option<String>,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let chosen = choose(global, &arguments.function)?;
    let trial = Trial {
        functions: chosen.functions.as_ref(),
        name: &chosen.name,
        version: chosen.version.as_deref(),
        role: if arguments.filter { Role::Filter } else { Role::Scorer },
        parameters: arguments.parameters.clone(),
        mapping: arguments.mapping.as_deref().map(read_mapping).transpose()?.unwrap_or_default(),
        clock: Arc::new(SystemClock::default()) as Arc<dyn Clock>,
    };
    let documents = DocumentFiles::open(std::slice::from_ref(&arguments.documents), &ProgressBar::hidden())?;
    let tried = trial.run(documents).await?;
    for bad in &tried.bad_documents {
        eprintln!("skipped line {}: {}", bad.line, bad.reason);
    }
    if global.json {
        print_json(&json(&tried))?;
    } else {
        print(&text(&tried))?;
    }
    Ok(if tried.bad_documents.is_empty() { Outcome::Done } else { Outcome::PartlyDone })
}

/// A file, if the name looks like one; else what is published. What it logs goes to standard error.
fn choose(global: &Global, function: &str) -> Result<Chosen> {
    let log = Some(Arc::new(FunctionLog) as Arc<_>);
    if !function.ends_with(".wasm") {
        let (name, version) = split_version(function);
        let functions = Installation::open(global, log)?.registry;
        return Ok(Chosen { functions, name: name.to_owned(), version: version.map(str::to_owned) });
    }
    let component = fs::read(function).with_context(|| format!("cannot read {function}"))?;
    let name = Path::new(function).file_stem().map_or(function.into(), |stem| stem.to_string_lossy()).into_owned();
    let loaded = loader(log)?.load(FunctionId::new(name.as_str(), ""), Code::Component(&component))?;
    let functions = Arc::new(NativeFunctions::new().with(loaded));
    Ok(Chosen { functions, name, version: None })
}

fn text(tried: &Tried) -> String {
    let mut table = Table::new(&["line", "id", "result"]);
    for DocumentResult { line, id, said } in &tried.results {
        let result = match said {
            Said::Kept(true) => "kept".to_owned(),
            Said::Kept(false) => "dropped".to_owned(),
            Said::Score(score) => score.to_string(),
        };
        table.row([line.to_string(), id.clone().unwrap_or_default(), result]);
    }
    let cost = match nanos_each(tried) {
        Some(nanos) => format!(", {nanos:.1} ns a document"),
        None => String::new(),
    };
    format!("{}\n\n{} in {}{cost}", table.text(), count(tried.documents, "document"), count(tried.calls, "call"))
}

fn json(tried: &Tried) -> Json {
    let result = |DocumentResult { line, id, said }: &DocumentResult| match said {
        Said::Kept(kept) => json!({ "line": line, "id": id, "kept": kept }),
        Said::Score(score) => json!({ "line": line, "id": id, "score": score }),
    };
    let bad = tried.bad_documents.iter();
    let bad: Vec<Json> = bad.map(|bad| json!({ "line": bad.line, "reason": bad.reason })).collect();
    json!({
        "results": tried.results.iter().map(result).collect::<Vec<_>>(),
        "bad_documents": bad,
        "documents": tried.documents,
        "calls": tried.calls,
        "time_in_nanos": tried.time.as_nanos() as u64,
        "nanos_per_document": nanos_each(tried),
    })
}

/// What a document costs on average; `None` where the function saw none.
fn nanos_each(tried: &Tried) -> Option<f64> {
    (tried.documents > 0).then(|| tried.time.as_nanos() as f64 / tried.documents as f64)
}
