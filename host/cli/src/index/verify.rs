//! `quidditch index verify`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_function::error_chain;
use quidditch_indexing::{VerifyReport, verify_index};
use quidditch_storage::Storage;
use serde_json::{Value as Json, json};

use super::progress_bar::progress_bar;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
}

/// Succeeds only if everything was read and no problems were found.
pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let bar = progress_bar("{pos}/{len} splits");
    let verified = verify_index(storage, &arguments.name, |progress| {
        bar.set_length(progress.all as u64);
        bar.set_position(progress.splits as u64);
    });
    let report = verified.await;
    bar.finish_and_clear();
    let report = report?;
    if global.json {
        print_json(&json(&arguments.name, &report))?;
    } else {
        print(&text(&arguments.name, &report))?;
    }
    Ok(if report.problems.is_empty() { Outcome::Done } else { Outcome::Failed })
}

fn text(index: &str, report: &VerifyReport) -> String {
    let found = match report.problems.len() {
        0 => "no problems found".to_owned(),
        problems => format!("{} found", count(problems as u64, "problem")),
    };
    let (documents, objects) = (count(report.documents, "document"), count(report.objects, "object"));
    let mut lines = vec![format!("{index}: {found} ({documents}, {objects}, {})", ByteSize(report.bytes).rounded())];
    lines.extend(
        report.problems.iter().map(|problem| format!("- {}: {}", problem.object, error_chain(&problem.reason))),
    );
    lines.join("\n")
}

fn json(index: &str, report: &VerifyReport) -> Json {
    let problems = report.problems.iter();
    let problems: Vec<Json> =
        problems.map(|problem| json!({ "object": problem.object, "problem": error_chain(&problem.reason) })).collect();
    json!({
        "index": index,
        "problems": problems,
        "documents": report.documents,
        "objects": report.objects,
        "bytes": report.bytes,
    })
}
