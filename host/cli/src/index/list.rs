//! `quidditch index list`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_index::{IndexError, IndexSummary, summarize_indices};
use quidditch_storage::Storage;
use serde_json::{Value as Json, json};

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;

/// Lists the readable indices, and reports the damaged ones.
pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>) -> Result<Outcome> {
    let mut indices = Vec::new();
    let mut outcome = Outcome::Done;
    for (name, summary) in summarize_indices(storage).await? {
        match summary {
            Ok(summary) => indices.push(summary),
            Err(error @ IndexError::Damaged { .. }) => {
                eprintln!("error: cannot read index [{name}]: {:#}", anyhow::Error::from(error));
                outcome = Outcome::Failed;
            }
            Err(error) => return Err(error.into()),
        }
    }
    if global.json {
        print_json(&Json::Array(indices.iter().map(json).collect()))?;
        return Ok(outcome);
    }
    let mut table = Table::new(&["name", "documents", "deleted", "splits", "size"]);
    for IndexSummary { name, documents, deleted, splits, bytes, .. } in &indices {
        table.row([
            name,
            &documents.to_string(),
            &deleted.to_string(),
            &splits.to_string(),
            &ByteSize(*bytes).rounded(),
        ]);
    }
    print(&table.text())?;
    Ok(outcome)
}

/// A summary as JSON, without the mapping.
pub(super) fn json(index: &IndexSummary) -> Json {
    json!({
        "name": index.name,
        "documents": index.documents,
        "deleted": index.deleted,
        "splits": index.splits,
        "bytes": index.bytes,
        "retired": index.retired,
    })
}
