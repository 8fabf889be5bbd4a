//! `quidditch index show`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_index::{Cost, Reader, Snapshot};

use super::list::json;
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json, size};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
}

pub(super) async fn run(global: &Global, reader: &Arc<Reader>, arguments: &Arguments) -> Result<Outcome> {
    let index = Snapshot::open(reader, &arguments.name, &Cost::default()).await?;
    let (mapping, settings) = (index.mapping().to_json(), index.mapping().settings_to_json());
    if global.json {
        let mut json = json(&index);
        json["mappings"] = mapping;
        json["settings"] = settings;
        print_json(&json)?;
        return Ok(Outcome::Done);
    }
    let (documents, splits) = (count(index.documents(), "document"), count(index.splits() as u64, "split"));
    print(&format!("{}: {documents} in {splits}, {}", index.name(), size(index.size_bytes())))?;
    print(&format!("mapping: {mapping:#}"))?;
    if settings.as_object().is_some_and(|settings| !settings.is_empty()) {
        print(&format!("settings: {settings:#}"))?;
    }
    Ok(Outcome::Done)
}
