//! `quidditch udf run`.

use anyhow::Result;
use indicatif::ProgressBar;
use quidditch_function::Role;
use quidditch_index::parse_json;
use quidditch_writes::{DocumentResult, TrialResult, Verdict};
use serde_json::{Map, Value as Json, json};

use super::runnable_function::RunnableFunction;
use crate::arguments::Global;
use crate::document_files::DocumentFiles;
use crate::index::read_mapping;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::table::Table;

/// The types of computed values.
pub(super) const VALUES_TYPES: [&str; 5] = ["boolean", "date", "double", "keyword", "long"];

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("role").required(true))]
pub(crate) struct Arguments {
    /// Component (FILE.wasm) or published function (NAME, NAME@VERSION or NAME@REQUIREMENT)
    function: String,
    /// Run it as a filter
    #[arg(long, group = "role")]
    filter: bool,
    /// Run it as a scorer
    #[arg(long, group = "role")]
    scorer: bool,
    /// Compute its values, of this type
    #[arg(long, group = "role", value_name = "TYPE", value_parser = VALUES_TYPES)]
    values: Option<String>,
    /// Parameters of the function as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = parse_object)]
    parameters: Map<String, Json>,
    /// File with one JSON document per line, plain or gzip-compressed; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    documents: String,
    /// File with the mapping of the documents; without it, fields are mapped by their values
    #[arg(long, value_name = "FILE")]
    mapping: Option<String>,
    /// Show what the function receives of each document
    #[arg(long)]
    trace: bool,
}

pub(super) fn parse_object(text: &str) -> Result<Map<String, Json>, serde_json::Error> {
    serde_json::from_value(parse_json(text)?)
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let function = RunnableFunction::find(global, &arguments.function)?;
    let role = match &arguments.values {
        Some(_) => Role::Values,
        None if arguments.filter => Role::Filter,
        None => Role::Scorer,
    };
    let mapping = arguments.mapping.as_deref().map(read_mapping).transpose()?.unwrap_or_default();
    let values_type = arguments.values.as_deref().unwrap_or_default();
    let trial = function.trial(role, values_type, arguments.parameters.clone(), mapping);
    let documents = DocumentFiles::open(std::slice::from_ref(&arguments.documents), &ProgressBar::hidden())?;
    let result = if arguments.trace { trial.run_traced(documents).await? } else { trial.run(documents).await? };
    for bad in &result.bad_documents {
        eprintln!("skipped line {}: {}", bad.line, bad.reason);
    }
    if global.json {
        print_json(&json(&result))?;
    } else {
        print(&text(&result))?;
    }
    Ok(if result.bad_documents.is_empty() { Outcome::Done } else { Outcome::PartlyDone })
}

pub(super) fn text(result: &TrialResult) -> String {
    // All documents have the same columns.
    let inputs = result.results.iter().find_map(|document| document.inputs.as_deref()).unwrap_or_default();
    let mut header = vec!["line", "id", "result"];
    header.extend(inputs.iter().map(|(column, _)| column.as_str()));
    let mut table = Table::new(&header);
    for DocumentResult { line, id, verdict, inputs } in &result.results {
        let verdict = match verdict {
            Verdict::Kept(true) => "kept".to_owned(),
            Verdict::Kept(false) => "dropped".to_owned(),
            Verdict::Score(score) => score.to_string(),
            Verdict::Value(Some(value)) => value.to_string(),
            Verdict::Value(None) => "none".to_owned(),
        };
        let values = inputs.iter().flatten().map(|(_, values)| values.to_string());
        table.row([line.to_string(), id.clone().unwrap_or_default(), verdict].into_iter().chain(values));
    }
    let cost = match result.nanos_per_document() {
        // Recording takes longer than most functions.
        Some(nanos) if inputs.is_empty() => format!(", {nanos:.1} ns per document"),
        _ => String::new(),
    };
    format!("{}\n\n{} in {}{cost}", table.text(), count(result.documents, "document"), count(result.calls, "call"))
}

fn json(result: &TrialResult) -> Json {
    let document = |DocumentResult { line, id, verdict, inputs }: &DocumentResult| {
        let mut json = match verdict {
            Verdict::Kept(kept) => json!({ "line": line, "id": id, "kept": kept }),
            Verdict::Score(score) => json!({ "line": line, "id": id, "score": score }),
            Verdict::Value(value) => json!({ "line": line, "id": id, "value": value }),
        };
        if let Some(inputs) = inputs {
            json["inputs"] = inputs.iter().cloned().collect::<Map<_, _>>().into();
        }
        json
    };
    let bad = result.bad_documents.iter();
    let bad: Vec<Json> = bad.map(|bad| json!({ "line": bad.line, "reason": bad.reason.to_string() })).collect();
    json!({
        "results": result.results.iter().map(document).collect::<Vec<_>>(),
        "bad_documents": bad,
        "documents": result.documents,
        "calls": result.calls,
        "time_in_nanos": result.time.as_nanos() as u64,
        "nanos_per_document": result.nanos_per_document(),
    })
}
