//! `quidditch udf profile`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use quidditch_sandbox::Profile;
use quidditch_writes::RepeatedTrial;
use serde_json::{Value as Json, json};

use super::on_documents::{OnDocuments, bad_documents_json, print_skipped};
use super::runnable_function::RunnableFunction;
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::table::Table;

/// How many functions of the component are shown. Most of the others were seen once or twice.
const SHOWN: usize = 20;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Component (FILE.wasm), which `quidditch udf build --debug` makes with the names of its functions
    component: PathBuf,
    #[command(flatten)]
    on_documents: OnDocuments,
    /// How long it is called with the documents, again and again, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// File for the whole profile, to be opened in the Firefox Profiler (profiler.firefox.com)
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let (function, profiling) = RunnableFunction::load_profiled(&arguments.component)?;
    let trial = arguments.on_documents.trial(&function)?;
    let repeated =
        trial.repeat(arguments.on_documents.open_documents()?, Duration::from_secs(arguments.seconds)).await?;
    print_skipped(&repeated.bad_documents);
    ensure!(
        repeated.cost.documents > 0,
        "the function was not called with any document: none is valid, or none has a value in the ranges that the function announces"
    );
    let profile = profiling.finish().context("cannot write the profile")?;
    if let Some(file) = &arguments.output {
        fs::write(file, &profile.firefox).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if global.json {
        print_json(&json(&profile, &repeated))?;
    } else {
        print(&text(&profile, &repeated))?;
    }
    Ok(if repeated.bad_documents.is_empty() { Outcome::Done } else { Outcome::PartlyDone })
}

fn text(profile: &Profile, repeated: &RepeatedTrial) -> String {
    let mut table = Table::new(&["self %", "total %", "function"]);
    let percent = |samples: u64| format!("{:.1}", samples as f64 * 100.0 / profile.samples as f64);
    for function in profile.functions.iter().take(SHOWN) {
        table.row([percent(function.self_samples), percent(function.total_samples), function.name.clone()]);
    }
    let RepeatedTrial { runs, cost, .. } = repeated;
    let nanos = repeated.cost.nanos_per_document().unwrap_or_default();
    let samples = count(profile.samples, "sample");
    let hidden = profile.functions.len().saturating_sub(SHOWN) as u64;
    let hidden = if hidden == 0 { String::new() } else { format!("\nand {} more", count(hidden, "function")) };
    format!(
        "{}{hidden}\n\n{samples}; {} in {}, {nanos:.1} ns per document",
        table.text(),
        count(cost.documents, "document"),
        count(*runs, "run")
    )
}

fn json(profile: &Profile, repeated: &RepeatedTrial) -> Json {
    let functions = profile.functions.iter().map(|function| {
        json!({
            "name": function.name,
            "self_samples": function.self_samples,
            "total_samples": function.total_samples,
        })
    });
    json!({
        "samples": profile.samples,
        "functions": functions.collect::<Vec<_>>(),
        "runs": repeated.runs,
        "calls": repeated.cost.calls,
        "documents": repeated.cost.documents,
        "time_in_nanos": repeated.cost.time.as_nanos() as u64,
        "nanos_per_document": repeated.cost.nanos_per_document(),
        "bad_documents": bad_documents_json(&repeated.bad_documents),
    })
}
