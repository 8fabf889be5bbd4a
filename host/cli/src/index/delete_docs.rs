//! `quidditch index delete-docs`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use quidditch_engine::{Engine, Error as EngineError, Limits, SearchRequest};
use quidditch_index::{Cost, IndexError, Snapshot};
use quidditch_indexing::{delete_documents, delete_ids};
use serde_json::json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::text_argument::read_text;

/// How long functions may run for one query. A minute: nobody waits as for a page of hits, and every document may have to be
/// looked at.
const FUNCTION_TIME: Duration = Duration::from_secs(60);

/// How often documents are looked for again where others moved them meanwhile. 10: a merge moves them once, and more merges
/// than this in the time of so many searches are a mistake that should be seen.
const ATTEMPTS: u32 = 10;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
    #[command(flatten)]
    which: Which,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The documents with these ids
    #[arg(long = "id", value_name = "ID", num_args = 1..)]
    ids: Vec<String>,
    /// The documents that match the query in a request: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "BODY")]
    query: Option<String>,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let installation = Installation::open(global, None)?;
    let Arguments { name, which } = arguments;
    let deleted = match &which.query {
        None => {
            let ids: Vec<&str> = which.ids.iter().map(String::as_str).collect();
            delete_ids(&installation.storage, name, &ids).await?
        }
        Some(query) => delete_matching(&installation, name, &read_text(query)?).await?,
    };
    if global.json {
        print_json(&json!({ "index": name, "deleted": deleted }))?;
    } else {
        print(&format!("deleted {} from {name}", count(deleted, "document")))?;
    }
    Ok(Outcome::Done)
}

/// Searches and deletes what it finds. Where others move documents between the two, it begins anew: what it has found stands
/// elsewhere now, and what has come since may match, too.
async fn delete_matching(installation: &Installation, index: &str, body: &str) -> Result<u64> {
    let limits = Limits { function_time: FUNCTION_TIME, ..Limits::default() };
    let engine = Engine::new(limits, Arc::clone(&installation.clock));
    let request = SearchRequest::parse_count(body, engine.limits()).map_err(place)?;
    if !request.has_query() {
        bail!(r#"the request has no query; what matches all documents is {{"query": {{"match_all": {{}}}}}}"#);
    }
    let mut attempt = 1;
    loop {
        let cost = Arc::new(Cost::default());
        let snapshot = Snapshot::open(&installation.reader, index, &cost).await?;
        let found = engine.matching(&snapshot, &request, installation.registry.as_ref(), &cost).await;
        let found = found.context("the search for the documents failed")?;
        if found.is_empty() {
            return Ok(0);
        }
        match delete_documents(&snapshot, &found).await {
            Err(IndexError::Contention { .. }) if attempt < ATTEMPTS => attempt += 1,
            outcome => return Ok(outcome?),
        }
    }
}

/// Says where in the request the mistake is.
fn place(error: EngineError) -> anyhow::Error {
    match error {
        EngineError::Parsing { reason, position: Some(position) } => {
            anyhow!("line {}, column {}: {reason}", position.line, position.column)
        }
        other => other.into(),
    }
}
