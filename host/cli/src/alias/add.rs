//! `quidditch alias add`.

use std::sync::Arc;

use anyhow::{Context, Result};
use quidditch_engine::{Limits, QueryFilter};
use quidditch_index::{AliasOptions, parse_json};
use quidditch_indexing::{AliasAction, update_aliases};
use quidditch_storage::Storage;

use super::list::print_aliases;
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::text_argument::read_text;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the alias
    alias: String,
    /// Names of the indices
    #[arg(required = true, value_name = "INDEX")]
    indices: Vec<String>,
    /// Query that documents must match: JSON, @FILE, or - for standard input
    #[arg(long, value_name = "QUERY")]
    filter: Option<String>,
    /// The one of the indices to which clients should add documents
    #[arg(long, value_name = "INDEX")]
    write_index: Option<String>,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let Arguments { alias, indices, filter, write_index } = arguments;
    let filter = filter.as_deref().map(read_text).transpose()?;
    let filter = filter.map(|text| parse_json(&text)).transpose().context("the filter is not JSON")?;
    if let Some(filter) = &filter {
        QueryFilter::parse(filter, &Limits::default()).context("cannot use the filter")?;
    }
    if let Some(write) = write_index.as_ref().filter(|write| !indices.contains(write)) {
        anyhow::bail!("the write index [{write}] is not one of the indices");
    }
    let add = |index: &String| AliasAction::Add {
        index: index.clone(),
        alias: alias.clone(),
        options: AliasOptions {
            filter: filter.clone(),
            is_write_index: write_index.as_ref().map(|write| write == index),
        },
    };
    let actions: Vec<AliasAction> = indices.iter().map(add).collect();
    print_aliases(global, &update_aliases(storage, &actions).await?)
}
