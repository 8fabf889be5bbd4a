//! `quidditch index add`.

use std::sync::Arc;

use anyhow::{Error, Result, anyhow};
use quidditch_index::IndexError;
use quidditch_indexing::{AddOptions, AddReport, OnError, add_documents};
use quidditch_storage::Storage;
use serde_json::{Value as Json, json};

use super::progress_bar::progress_bar;
use crate::arguments::Global;
use crate::document_files::{DocumentFiles, Places};
use crate::outcome::Outcome;
use crate::output::{count, print, print_json, size};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
    /// Files with one JSON document a line, plain or in gzip; - is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    files: Vec<String>,
    /// The key of each document that has its id; by default _id
    #[arg(long, value_name = "KEY")]
    id_field: Option<String>,
    /// What a bad document leads to: it is left out, or nothing is added at all
    #[arg(long, value_enum, default_value_t = OnBadDocument::Skip)]
    on_error: OnBadDocument,
    /// Memory in MiB to build with; more gives larger splits, which are faster to search
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=65_536))]
    memory: u32,
    /// Longest document in MiB
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_024))]
    max_document: u32,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum OnBadDocument {
    Skip,
    Fail,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let bar = progress_bar("{bytes}/{total_bytes} {eta}  {msg}");
    let documents = DocumentFiles::open(&arguments.files, &bar)?;
    let places = documents.places();
    let options = AddOptions {
        id_field: arguments.id_field.clone(),
        on_error: match arguments.on_error {
            OnBadDocument::Skip => OnError::Skip,
            OnBadDocument::Fail => OnError::Fail,
        },
        split_memory_bytes: arguments.memory as usize * 1024 * 1024,
        max_line_bytes: arguments.max_document as usize * 1024 * 1024,
        ..AddOptions::default()
    };
    let added = add_documents(storage, &arguments.name, documents, &options, |progress| {
        bar.set_message(count(progress.lines, "line"));
    });
    let report = added.await;
    bar.finish_and_clear();
    let report = report.map_err(|error| place(error, &places))?;
    if global.json {
        print_json(&json(&report, &arguments.name, &places))?;
    } else {
        tell(&report, &arguments.name, &places)?;
    }
    Ok(if report.skipped > 0 { Outcome::PartlyDone } else { Outcome::Done })
}

/// Says in which file the line is.
fn place(error: IndexError, places: &Places) -> Error {
    match error {
        IndexError::InvalidDocument { line, reason } => {
            anyhow!("nothing was added: {}: {reason}", places.name(line))
        }
        IndexError::Input { line: 0, source } => {
            Error::new(source).context("nothing was added: cannot read the documents")
        }
        IndexError::Input { line, source } => {
            let place = places.name(line);
            Error::new(source).context(format!("nothing was added: cannot read on after {place}"))
        }
        other => other.into(),
    }
}

fn tell(report: &AddReport, index: &str, places: &Places) -> Result<()> {
    for bad in &report.bad_documents {
        eprintln!("skipped {}: {}", places.name(bad.line), bad.reason);
    }
    let described = report.bad_documents.len() as u64;
    if report.skipped > described {
        eprintln!("skipped {} more", report.skipped - described);
    }
    let of = |number, what| if number == 0 { String::new() } else { format!(", {what} {number}") };
    let (replaced, skipped) = (of(report.replaced, "replaced"), of(report.skipped, "skipped"));
    let (documents, splits) = (count(report.added, "document"), count(report.splits as u64, "split"));
    print(&format!("added {documents} to {index} ({splits}, {}){replaced}{skipped}", size(report.bytes)))
}

fn json(report: &AddReport, index: &str, places: &Places) -> Json {
    let bad = report.bad_documents.iter();
    let bad: Vec<Json> = bad.map(|bad| json!({ "place": places.name(bad.line), "reason": bad.reason })).collect();
    json!({
        "index": index,
        "added": report.added,
        "replaced": report.replaced,
        "skipped": report.skipped,
        "bad_documents": bad,
        "splits": report.splits,
        "bytes": report.bytes,
    })
}
