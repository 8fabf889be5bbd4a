//! `quidditch alias update`.

use std::sync::Arc;

use anyhow::{Context, Result};
use quidditch_index::parse_json;
use quidditch_indexing::update_aliases;
use quidditch_storage::Storage;

use super::actions::parse_actions;
use super::list::print_aliases;
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::text_argument::read_text;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Actions as in the body of OpenSearch's `POST /_aliases`: JSON, @FILE, or - for standard input
    #[arg(value_name = "ACTIONS")]
    actions: String,
}

pub(super) async fn run(global: &Global, storage: &Arc<dyn Storage>, arguments: &Arguments) -> Result<Outcome> {
    let json = parse_json(&read_text(&arguments.actions)?).context("the actions are not JSON")?;
    print_aliases(global, &update_aliases(storage, &parse_actions(&json)?).await?)
}
