//! `quidditch alias remove`.

use std::sync::Arc;

use anyhow::Result;
use quidditch_indexing::{AliasAction, update_aliases};
use quidditch_storage::Storage;

use super::list::print_aliases;
use crate::arguments::Global;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the alias
    alias: String,
    /// Names of the indices that it no longer stands for; without one, all
    #[arg(value_name = "INDEX")]
    indices: Vec<String>,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let Arguments { alias, indices } = arguments;
    let remove = |index: Option<&String>| AliasAction::Remove { index: index.cloned(), alias: alias.clone() };
    let actions = match &indices[..] {
        [] => vec![remove(None)],
        indices => indices.iter().map(|index| remove(Some(index))).collect(),
    };
    print_aliases(global, &update_aliases(storage, &actions).await?)
}
