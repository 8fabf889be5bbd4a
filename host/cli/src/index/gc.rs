//! `quidditch index gc`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_clock::Clock;
use quidditch_indexing::{GARBAGE_GRACE, GarbageReport, IndexWriter};
use quidditch_storage::Storage;
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::time_span::TimeSpan;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index, which may have been deleted
    name: String,
    /// How long garbage is kept; with less than a day, running searches and writers may fail
    #[arg(long, value_name = "TIME", default_value_t = TimeSpan(GARBAGE_GRACE))]
    grace: TimeSpan,
}

pub(super) async fn run(
    global: &Global,
    storage: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    arguments: &Arguments,
) -> Result<Outcome> {
    let report = IndexWriter::new(storage, clock, &arguments.name)?.collect_garbage(arguments.grace.0).await?;
    if global.json {
        print_json(&json!({
            "index": arguments.name,
            "removed": report.removed,
            "bytes": report.bytes,
            "waiting": report.waiting,
            "unknown": report.unknown,
        }))?;
    } else {
        print_report(&arguments.name, &report)?;
    }
    Ok(Outcome::Done)
}

fn print_report(index: &str, report: &GarbageReport) -> Result<()> {
    for key in &report.unknown {
        eprintln!("kept {key}: not written by an index");
    }
    let waiting = match report.waiting {
        0 => String::new(),
        waiting => format!("; {waiting} more become removable after the grace period"),
    };
    print(&format!(
        "removed {} of {index} ({}){waiting}",
        count(report.removed, "object"),
        ByteSize(report.bytes).rounded()
    ))
}
