//! `quidditch index list`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_index::{Cost, IndexError, Reader, Snapshot, list_indices};
use serde_json::{Value as Json, json};

use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{print, print_json, size};
use crate::table::Table;

pub(super) async fn run(global: &Global, reader: &Arc<Reader>) -> Result<Outcome> {
    let mut indices = Vec::new();
    for name in list_indices(reader.storage()).await? {
        match Snapshot::open(reader, &name, &Cost::default()).await {
            Ok(snapshot) => indices.push(snapshot),
            // Deleted since it was listed.
            Err(IndexError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if global.json {
        print_json(&Json::Array(indices.iter().map(json).collect()))?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["name", "documents", "splits", "size"]);
    for index in &indices {
        let (documents, splits) = (index.documents().to_string(), index.splits().to_string());
        table.row([index.name(), &documents, &splits, &size(index.size_bytes())]);
    }
    print(&table.text())?;
    Ok(Outcome::Done)
}

/// An index as JSON, without its mapping.
pub(super) fn json(index: &Snapshot) -> Json {
    json!({
        "name": index.name(),
        "documents": index.documents(),
        "splits": index.splits(),
        "bytes": index.size_bytes(),
    })
}
