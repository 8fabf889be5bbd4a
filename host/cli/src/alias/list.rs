//! `quidditch alias list`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_index::Aliases;
use quidditch_storage::Storage;
use serde_json::json;

use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>) -> Result<Outcome> {
    print_aliases(global, &Aliases::read(storage).await?.0)
}

/// Prints all aliases, as they are after a change.
pub(super) fn print_aliases(global: &Global, aliases: &Aliases) -> Result<Outcome> {
    if global.json {
        print_json(&json!(aliases.by_name))?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["alias", "index", "write index", "filter"]);
    for (alias, indices) in &aliases.by_name {
        for (index, options) in indices {
            let write = options.is_write_index.map_or(String::new(), |is_write| is_write.to_string());
            let filter = options.filter.as_ref().map_or(String::new(), ToString::to_string);
            table.row([alias, index, &write, &filter]);
        }
    }
    print(&table.text())?;
    Ok(Outcome::Done)
}
