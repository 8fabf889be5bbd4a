//! `quidditch index add`.

use std::sync::Arc;

use anyhow::{Error, Result, anyhow};
use quidditch_clock::Clock;
use quidditch_indexing::{AddOptions, AddReport, IndexWriter, IndexingError, OnError};
use quidditch_storage::Storage;
use quidditch_writes::StoredQueryCheck;
use serde_json::{Value as Json, json};

use super::progress_bar::progress_bar;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::document_files::{DocumentFiles, LineLocations};
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
    /// Files with one JSON document per line, plain or gzip-compressed; - is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    files: Vec<String>,
    /// Key that holds the id of each document; by default _id
    #[arg(long, value_name = "KEY")]
    id_field: Option<String>,
    /// On an invalid document: skip it, or fail without adding any document
    #[arg(long, value_enum, default_value_t = OnBadDocument::Skip)]
    on_error: OnBadDocument,
    /// Memory in MiB for building splits; more gives larger splits, which are faster to search
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=65_536))]
    memory: u32,
    /// Maximum size of a document in MiB
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_024))]
    max_document: u32,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum OnBadDocument {
    Skip,
    Fail,
}

pub(super) async fn run(
    global: &Global,
    storage: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    arguments: &Arguments,
) -> Result<Outcome> {
    let bar = progress_bar("{bytes}/{total_bytes} {eta}  {msg}");
    let documents = DocumentFiles::open(&arguments.files, &bar)?;
    let locations = documents.locations();
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
    let writer = IndexWriter::new(storage, clock, &arguments.name)?;
    let writer = writer.with_query_check(Arc::new(StoredQueryCheck::new(clock)));
    let added = writer.add_documents(documents, &options, |progress| {
        bar.set_message(count(progress.lines, "line"));
    });
    let report = added.await;
    bar.finish_and_clear();
    let report = report.map_err(|error| with_location(error, &locations))?;
    if global.json {
        print_json(&json(&report, &arguments.name, &locations))?;
    } else {
        print_report(&report, &arguments.name, &locations)?;
    }
    Ok(if report.skipped > 0 { Outcome::PartlyDone } else { Outcome::Done })
}

/// Adds the file and line of the document to an error.
fn with_location(error: IndexingError, locations: &LineLocations) -> Error {
    match error {
        IndexingError::InvalidDocument { line, reason } => {
            anyhow!("no documents were added: {}: {reason}", locations.describe(line))
        }
        IndexingError::Input { line: 0, source } => {
            Error::new(source).context("no documents were added: cannot read the input")
        }
        IndexingError::Input { line, source } => {
            let location = locations.describe(line);
            Error::new(source).context(format!("no documents were added: cannot read the input after {location}"))
        }
        other => other.into(),
    }
}

fn print_report(report: &AddReport, index: &str, locations: &LineLocations) -> Result<()> {
    for bad in &report.bad_documents {
        eprintln!("skipped {}: {}", locations.describe(bad.line), bad.reason);
    }
    let listed = report.bad_documents.len() as u64;
    if report.skipped > listed {
        eprintln!("skipped {} more", report.skipped - listed);
    }
    let unless_zero = |verb, number| if number == 0 { String::new() } else { format!(", {verb} {number}") };
    let (replaced, skipped) = (unless_zero("replaced", report.replaced), unless_zero("skipped", report.skipped));
    let (documents, splits) = (count(report.added, "document"), count(report.splits as u64, "split"));
    print(&format!("added {documents} to {index} ({splits}, {}){replaced}{skipped}", ByteSize(report.bytes).rounded()))
}

fn json(report: &AddReport, index: &str, locations: &LineLocations) -> Json {
    let bad = report.bad_documents.iter();
    let bad: Vec<Json> =
        bad.map(|bad| json!({ "place": locations.describe(bad.line), "reason": bad.reason.to_string() })).collect();
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
