//! `quidditch udf run`.

use anyhow::Result;
use quidditch_writes::{DocumentResult, TrialResult, Verdict};
use serde_json::{Map, Value as Json, json};

use super::on_documents::{OnDocuments, bad_documents_json, print_skipped};
use super::runnable_function::{Log, RunnableFunction};
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::table::Table;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Component (FILE.wasm) or published function (NAME, NAME@VERSION or NAME@REQUIREMENT)
    function: String,
    #[command(flatten)]
    on_documents: OnDocuments,
    /// Show what the function receives of each document
    #[arg(long)]
    trace: bool,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let function = RunnableFunction::find(global, &arguments.function, Log::Printed)?;
    let trial = arguments.on_documents.trial(&function)?;
    let documents = arguments.on_documents.open_documents()?;
    let result = if arguments.trace { trial.run_traced(documents).await? } else { trial.run(documents).await? };
    print_skipped(&result.bad_documents);
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
    let cost = match result.cost.nanos_per_document() {
        // Recording takes longer than most functions.
        Some(nanos) if inputs.is_empty() => format!(", {nanos:.1} ns per document"),
        _ => String::new(),
    };
    format!(
        "{}\n\n{} in {}{cost}",
        table.text(),
        count(result.cost.documents, "document"),
        count(result.cost.calls, "call")
    )
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
    json!({
        "results": result.results.iter().map(document).collect::<Vec<_>>(),
        "bad_documents": bad_documents_json(&result.bad_documents),
        "documents": result.cost.documents,
        "calls": result.cost.calls,
        "time_in_nanos": result.cost.time.as_nanos() as u64,
        "nanos_per_document": result.cost.nanos_per_document(),
    })
}
