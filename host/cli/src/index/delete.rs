//! `quidditch index delete`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_indexing::delete_index;
use quidditch_storage::Storage;
use serde_json::json;

use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    delete_index(storage, &arguments.name).await?;
    if global.json {
        print_json(&json!({ "index": arguments.name }))?;
    } else {
        print(&format!("deleted index {}", arguments.name))?;
    }
    Ok(Outcome::Done)
}
