//! `quidditch udf dev`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use notify::{Event, RecursiveMode, Watcher};
use quidditch_authoring::{Names, Options, Project, is_source};
use quidditch_function::Role;
use serde_json::{Map, Value as Json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::build::build_project;
use super::on_documents::{VALUES_TYPES, parse_object, skipped};
use super::run::text;
use crate::arguments::Global;
use crate::document_files::DocumentFiles;
use crate::index::read_mapping;
use crate::outcome::Outcome;
use crate::output::{print, remark};

/// How long nothing must change before a project is built: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the project
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// File with documents to run the function on, one JSON document per line
    #[arg(long, value_name = "FILE", value_parser = parse_file)]
    documents: Option<String>,
    /// Parameters of the function as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = parse_object, requires = "documents")]
    parameters: Map<String, Json>,
    /// File with the mapping of the documents; without it, fields are mapped by their values
    #[arg(long, value_name = "FILE", value_parser = parse_file, requires = "documents")]
    mapping: Option<String>,
    /// Type of the values that the function computes
    #[arg(long, value_name = "TYPE", default_value = "double", value_parser = VALUES_TYPES, requires = "documents")]
    values: String,
}

/// Refuses standard input, which is empty when it is read for the second time.
fn parse_file(name: &str) -> Result<String, &'static str> {
    if name == "-" { Err("it is read again after each change, so name a file") } else { Ok(name.to_owned()) }
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    ensure!(!global.json, "`udf dev` prints text only: use `udf build --json`, and `udf run --json` for the documents");
    let project = Project::open(&arguments.folder)?;
    // Events name absolute paths.
    let folder = std::path::absolute(&project.folder)?;
    let (events, mut changed) = unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event| {
        // Only a receiver that is gone does not take it: the command ends then.
        let _ = events.send(event);
    })
    .context("cannot watch files")?;
    watcher.watch(&folder, RecursiveMode::Recursive).with_context(|| format!("cannot watch {}", folder.display()))?;
    loop {
        match show(arguments).await {
            Ok(text) => print(&text)?,
            // The author fixes the project while the command keeps running.
            Err(error) => print(&format!("{error:#}"))?,
        }
        print("\nwaiting for a change (Ctrl-C ends)")?;
        wait(&mut changed, &folder).await?;
    }
}

/// Waits until a file of the author changes, and then until nothing more does.
async fn wait(changed: &mut UnboundedReceiver<notify::Result<Event>>, folder: &Path) -> Result<()> {
    let ended = "the watcher ended";
    while !is_change(folder, &changed.recv().await.context(ended)?.context("cannot watch files")?) {}
    while let Ok(event) = timeout(QUIET, changed.recv()).await {
        event.context(ended)?.context("cannot watch files")?;
    }
    Ok(())
}

/// Whether a source of the project changed. A build only reads these.
fn is_change(folder: &Path, event: &Event) -> bool {
    let is_authors = |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).iter().all(is_source);
    !event.kind.is_access() && event.paths.iter().any(is_authors)
}

/// Builds the project, and runs its function on the documents in each of its roles.
async fn show(arguments: &Arguments) -> Result<String> {
    let project = Project::open(&arguments.folder)?;
    // Not in the place of the component that is published.
    let component = project.folder.join("build/debug").join(&project.about.name).with_extension("wasm");
    let options = Options { names: Names::Keep, component, report: remark, ..Options::of(&project) };
    let built = build_project(&project, &options, true).await?;
    let mut shown = built.text();
    let (Some(documents), Some(function)) = (&arguments.documents, built.function()) else { return Ok(shown) };
    let mut bad_documents = Vec::new();
    for role in project.roles.iter() {
        let mapping = arguments.mapping.as_deref().map(read_mapping).transpose()?.unwrap_or_default();
        let values_type = if role == Role::Values { arguments.values.as_str() } else { "" };
        let trial = function.trial(role, values_type, arguments.parameters.clone(), mapping);
        let documents = DocumentFiles::open(std::slice::from_ref(documents), &ProgressBar::hidden())?;
        let result = trial.run(documents).await.with_context(|| format!("as {role}"))?;
        shown += &format!("\n\nas {role}:\n{}", text(&result));
        bad_documents = result.bad_documents;
    }
    // They are the same in each role.
    if !bad_documents.is_empty() {
        shown += &format!("\n\n{}", skipped(&bad_documents).collect::<Vec<_>>().join("\n"));
    }
    Ok(shown)
}
