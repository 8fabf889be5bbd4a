//! `quidditch index gc`.

use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Result;
use quidditch_indexing::{GARBAGE_GRACE, GarbageReport, collect_garbage};
use quidditch_storage::Storage;
use serde_json::json;

use super::time_span::TimeSpan;
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json, size};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index; it may be gone
    name: String,
    /// How long garbage is kept; with less than a day, be sure that nobody writes, and that searches may fail
    #[arg(long, value_name = "TIME", default_value_t = TimeSpan(GARBAGE_GRACE))]
    grace: TimeSpan,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let report = collect_garbage(storage, &arguments.name, arguments.grace.0, SystemTime::now()).await?;
    if global.json {
        print_json(&json!({
            "index": arguments.name,
            "removed": report.removed,
            "bytes": report.bytes,
            "waiting": report.waiting,
            "unknown": report.unknown,
        }))?;
    } else {
        tell(&arguments.name, &report)?;
    }
    Ok(Outcome::Done)
}

fn tell(index: &str, report: &GarbageReport) -> Result<()> {
    for key in &report.unknown {
        eprintln!("left {key} alone: no index writes such an object");
    }
    let waiting = match report.waiting {
        0 => String::new(),
        waiting => format!("; {waiting} more will be garbage when the time of grace is over"),
    };
    print(&format!("removed {} of {index} ({}){waiting}", count(report.removed, "object"), size(report.bytes)))
}
