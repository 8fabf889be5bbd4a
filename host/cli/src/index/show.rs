//! `quidditch index show`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_index::summarize_index;
use quidditch_storage::Storage;

use super::list::json;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};

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
    print(&format!("{}: {documents} in {splits}, {}", index.name, ByteSize(index.bytes).rounded()))?;
    if index.deleted > 0 {
        print(&format!("{}, whose space is freed by merging", count(index.deleted, "deleted document")))?;
    }
    if index.retired > 0 {
        print(&format!("{} no longer needed, to be removed by gc", count(index.retired as u64, "object")))?;
    }
    print(&format!("mapping: {mapping:#}"))?;
    if settings.as_object().is_some_and(|settings| !settings.is_empty()) {
        print(&format!("settings: {settings:#}"))?;
    }
    Ok(Outcome::Done)
}
