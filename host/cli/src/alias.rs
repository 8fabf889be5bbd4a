//! `quidditch alias`.

mod add;
mod list;
mod remove;
mod update;

use std::sync::Arc;

use anyhow::Result;
use quidditch_clock::{Clock, SystemClock};
use quidditch_storage::Storage;

use crate::arguments::Global;
use crate::outcome::Outcome;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make an alias stand for indices, or change its filter
    Add(add::Arguments),
    /// Remove an alias, or indices from it
    Remove(remove::Arguments),
    /// Change several aliases at once
    Update(update::Arguments),
    /// List all aliases
    List,
}

pub(crate) async fn run(global: &Global, command: Command) -> Result<Outcome> {
    match command {
        Command::Add(arguments) => add::run(global, &open(global)?, &arguments).await,
        Command::Remove(arguments) => remove::run(global, &open(global)?, &arguments).await,
        // It opens the store itself, with all that a service needs.
        Command::Update(arguments) => update::run(global, &arguments).await,
        Command::List => list::run(global, &open(global)?).await,
    }
}

fn open(global: &Global) -> Result<Arc<dyn Storage>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    Ok(quidditch_storage::open(&global.store_url()?, clock))
}
