//! `quidditch index show`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_index::summarize_index;
use quidditch_storage::Storage;

use super::list::json;
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json, size};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let index = summarize_index(storage, &arguments.name).await?;
    let (mapping, settings) = (index.mapping.to_json(), index.mapping.settings_to_json());
    if global.json {
        let mut json = json(&index);
        json["mappings"] = mapping;
        json["settings"] = settings;
        print_json(&json)?;
        return Ok(Outcome::Done);
    }
    let (documents, splits) = (count(index.documents, "document"), count(index.splits as u64, "split"));
    print(&format!("{}: {documents} in {splits}, {}", index.name, size(index.bytes)))?;
    if index.deleted > 0 {
        print(&format!("{} still in its splits until they are merged", count(index.deleted, "deleted document")))?;
    }
    if index.retired > 0 {
        print(&format!("{} not needed any more, for gc to remove", count(index.retired as u64, "object")))?;
    }
    print(&format!("mapping: {mapping:#}"))?;
    if settings.as_object().is_some_and(|settings| !settings.is_empty()) {
        print(&format!("settings: {settings:#}"))?;
    }
    Ok(Outcome::Done)
}
