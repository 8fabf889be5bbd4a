//! `quidditch index delete-docs`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use quidditch_engine::{Engine, Error as EngineError, Limits, SearchRequest};
use quidditch_index::{Cost, DocumentId, Snapshot};
use quidditch_indexing::{IndexWriter, IndexingError};
use serde_json::json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::text_argument::read_text;

/// How long functions may run for one query. A minute: it is not an interactive search, and may have to call functions with
/// every document.
const FUNCTION_TIME: Duration = Duration::from_secs(60);

/// How often the search is repeated because other processes moved the documents in the meantime. 10: a merge moves them
/// once, and more merges during so few searches indicate a problem that should be reported.
const ATTEMPTS: u32 = 10;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
    #[command(flatten)]
    selector: Selector,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Selector {
    /// Ids of the documents to delete
    #[arg(long = "id", value_name = "ID", num_args = 1..)]
    ids: Vec<String>,
    /// Request whose query selects the documents to delete: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "BODY")]
    query: Option<String>,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let installation = Installation::open(global, None)?;
    let Arguments { name, selector } = arguments;
    let writer = IndexWriter::new(&installation.storage, &installation.clock, name)?;
    let deleted = match &selector.query {
        None => {
            let ids: Vec<&str> = selector.ids.iter().map(String::as_str).collect();
            writer.delete_ids(&ids).await?
        }
        Some(query) => delete_matching(&installation, &writer, &read_text(query)?).await?,
    };
    if global.json {
        print_json(&json!({ "index": name, "deleted": deleted }))?;
    } else {
        print(&format!("deleted {} from {name}", count(deleted, "document")))?;
    }
    Ok(Outcome::Done)
}

/// Deletes the documents that match. If another process moves documents between search and delete, it starts again: the
/// documents found are in other splits now, and documents added since may match as well.
async fn delete_matching(installation: &Installation, writer: &IndexWriter, body: &str) -> Result<u64> {
    let limits = Limits { max_function_time: FUNCTION_TIME, ..Limits::default() };
    let engine = Engine::new(limits, Arc::clone(&installation.clock));
    let request = SearchRequest::parse_count(body, engine.limits()).map_err(with_location)?;
    if !request.has_query() {
        bail!(r#"the request has no query; to delete all documents, use {{"query": {{"match_all": {{}}}}}}"#);
    }
    let mut attempt = 1;
    loop {
        let cost = Arc::new(Cost::default());
        let snapshot = Snapshot::open(&installation.reader, writer.index(), &cost).await?;
        let found = engine.matching(&snapshot, &request, installation.registry.as_ref(), &cost).await;
        let found = found.context("cannot find the documents to delete")?;
        if found.is_empty() {
            return Ok(0);
        }
        let found: Vec<DocumentId> = found.into_iter().map(|document| snapshot.document_id(document)).collect();
        match writer.delete_documents(&found).await {
            Err(IndexingError::Contention { .. }) if attempt < ATTEMPTS => attempt += 1,
            outcome => return Ok(outcome?),
        }
    }
}

/// Adds the position in the request to an error.
fn with_location(error: EngineError) -> anyhow::Error {
    match error {
        EngineError::Parsing { reason, position: Some(position), .. } => {
            anyhow!("line {}, column {}: {reason}", position.line, position.column)
        }
        other => other.into(),
    }
}
