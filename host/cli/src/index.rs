//! `quidditch index`.

mod add;
mod create;
mod delete;
mod list;
mod show;

use std::sync::Arc;

use anyhow::Result;
pub(crate) use create::read_mapping;
use quidditch_index::{ReadSettings, Reader};

use crate::arguments::Global;
use crate::outcome::Outcome;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make an empty index
    Create(create::Arguments),
    /// Add documents to an index
    Add(add::Arguments),
    /// List all indices
    List,
    /// Describe an index
    Show(show::Arguments),
    /// Delete an index with its documents
    Delete(delete::Arguments),
}

pub(crate) async fn run(global: &Global, command: Command) -> Result<Outcome> {
    let storage = quidditch_storage::open(&global.store)?;
    let reader = Arc::new(Reader::new(Arc::clone(&storage), ReadSettings::default()));
    match command {
        Command::Create(arguments) => create::run(global, &storage, &arguments).await,
        Command::Add(arguments) => add::run(global, &storage, &arguments).await,
        Command::List => list::run(global, &reader).await,
        Command::Show(arguments) => show::run(global, &reader, &arguments).await,
        Command::Delete(arguments) => delete::run(global, &storage, &arguments).await,
    }
}
