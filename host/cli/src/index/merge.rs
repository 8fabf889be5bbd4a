//! `quidditch index merge`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_indexing::{MergeEffort, MergeOptions, MergeReport, merge_splits};
use quidditch_storage::Storage;
use serde_json::json;

use super::progress_bar::progress_bar;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json, size};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
    /// Most documents of a merged split
    #[arg(long, value_name = "NUMBER", default_value_t = MergeOptions::default().split_documents)]
    documents: u64,
    /// Most bytes of a merged split, about; merging needs twice this in memory
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(MergeOptions::default().split_bytes))]
    bytes: ByteSize,
    /// Leave as few splits as there can be; by default, only what is worth its work is merged
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let options = MergeOptions {
        effort: if arguments.all { MergeEffort::Full } else { MergeEffort::Balanced },
        split_documents: arguments.documents,
        split_bytes: arguments.bytes.0,
        ..MergeOptions::default()
    };
    let bar = progress_bar("{pos}/{len} splits");
    let merged = merge_splits(storage, &arguments.name, &options, |progress| {
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
            "given_up": report.given_up,
        }))?;
    } else {
        print(&text(&arguments.name, &report))?;
    }
    Ok(Outcome::Done)
}

fn text(index: &str, report: &MergeReport) -> String {
    let given_up = match report.given_up {
        0 => String::new(),
        given_up => format!("; {} in vain, as others changed the same splits", count(given_up as u64, "merge")),
    };
    if report.merged == 0 {
        return format!("nothing to merge in {index}{given_up}");
    }
    let (merged, written) = (count(report.merged as u64, "split"), count(report.written as u64, "split"));
    let dropped = match report.dropped {
        0 => String::new(),
        dropped => format!(" without {}", count(dropped, "deleted document")),
    };
    format!("merged {merged} of {index} into {written} ({}){dropped}{given_up}", size(report.bytes))
}
