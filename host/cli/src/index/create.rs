//! `quidditch index create`.

use std::sync::Arc;

use anyhow::{Context, Result};
use quidditch_engine::{Limits, check_computed_fields};
use quidditch_index::{Mapping, parse_json};
use quidditch_indexing::create_index;
use quidditch_storage::Storage;
use serde_json::json;

use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::text_argument::read_file;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the index
    name: String,
    /// File with the mapping as JSON, or - for standard input; without it, fields are added as they occur in documents
    #[arg(long, value_name = "FILE")]
    mapping: Option<String>,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let Arguments { name, mapping } = arguments;
    let mapping = mapping.as_deref().map(read_mapping).transpose()?.unwrap_or_default();
    create_index(storage, name, &mapping).await?;
    if global.json {
        print_json(&json!({ "index": name }))?;
    } else {
        print(&format!("created index {name}"))?;
    }
    Ok(Outcome::Done)
}

/// Reads a mapping from a file; `-` is standard input.
pub(crate) fn read_mapping(file: &str) -> Result<Mapping> {
    let text = read_file(file)?;
    let json = parse_json(&text).with_context(|| format!("the mapping in {file} is not JSON"))?;
    let refused = || format!("cannot use the mapping in {file}");
    let mapping = Mapping::from_json(&json).with_context(refused)?;
    check_computed_fields(&mapping, &Limits::default()).with_context(refused)?;
    Ok(mapping)
}
