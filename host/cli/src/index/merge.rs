//! `quidditch index merge`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_clock::Clock;
use quidditch_indexing::{IndexWriter, MergeEffort, MergeOptions, MergeReport};
use quidditch_storage::Storage;
use serde_json::json;

use super::progress_bar::progress_bar;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
    /// Maximum number of documents in a merged split
    #[arg(long, value_name = "NUMBER", default_value_t = MergeOptions::default().split_documents)]
    documents: u64,
    /// Approximate maximum size of a merged split; merging needs twice this in memory
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(MergeOptions::default().split_bytes))]
    bytes: ByteSize,
    /// Merge into as few splits as possible; by default, only merges that are worth their cost are made
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(
    global: &Global,
    storage: &Arc<dyn Storage>,
    clock: &Arc<dyn Clock>,
    arguments: &Arguments,
) -> Result<Outcome> {
    let options = MergeOptions {
        effort: if arguments.all { MergeEffort::Full } else { MergeEffort::Balanced },
        split_documents: arguments.documents,
        split_bytes: arguments.bytes.0,
        ..MergeOptions::default()
    };
    let bar = progress_bar("{pos}/{len} splits");
    let writer = IndexWriter::new(storage, clock, &arguments.name)?;
    let merged = writer.merge_splits(&options, |progress| {
        bar.set_length((progress.merged + progress.left) as u64);
        bar.set_position(progress.merged as u64);
    });
    let report = merged.await;
    bar.finish_and_clear();
    let report = report?;
    if global.json {
        print_json(&json!({
            "index": arguments.name,
            "merged": report.merged,
            "written": report.written,
            "bytes": report.bytes,
            "dropped": report.dropped,
            "given_up": report.discarded,
        }))?;
    } else {
        print(&text(&arguments.name, &report))?;
    }
    Ok(Outcome::Done)
}

fn text(index: &str, report: &MergeReport) -> String {
    let discarded = match report.discarded {
        0 => String::new(),
        discarded => format!("; {} discarded because of concurrent changes", count(discarded as u64, "merge")),
    };
    if report.merged == 0 {
        return format!("nothing to merge in {index}{discarded}");
    }
    let (merged, written) = (count(report.merged as u64, "split"), count(report.written as u64, "split"));
    let dropped = match report.dropped {
        0 => String::new(),
        dropped => format!(" without {}", count(dropped, "deleted document")),
    };
    format!("merged {merged} of {index} into {written} ({}){dropped}{discarded}", ByteSize(report.bytes).rounded())
}
