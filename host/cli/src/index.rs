//! `quidditch index`.

mod add;
mod create;
mod delete;
mod delete_docs;
mod gc;
mod list;
mod merge;
mod progress_bar;
mod show;
mod time_span;
mod verify;

use std::sync::Arc;

use anyhow::Result;
pub(crate) use create::read_mapping;
use quidditch_clock::SystemClock;

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
    /// Delete documents of an index, by id or by query
    DeleteDocs(delete_docs::Arguments),
    /// Merge splits into fewer and larger ones, which are faster to search, without their deleted documents
    Merge(merge::Arguments),
    /// Remove objects that an index does not need any more, or that a removed index has left
    Gc(gc::Arguments),
    /// Read all of an index and look for damage; exit code 1 where there is any
    Verify(verify::Arguments),
    /// Delete an index with its documents
    Delete(delete::Arguments),
}

pub(crate) async fn run(global: &Global, command: Command) -> Result<Outcome> {
    let storage = quidditch_storage::open(&global.store_url()?, Arc::new(SystemClock::default()));
    match command {
        Command::Create(arguments) => create::run(global, &storage, &arguments).await,
        Command::Add(arguments) => add::run(global, &storage, &arguments).await,
        Command::List => list::run(global, &storage).await,
        Command::Show(arguments) => show::run(global, &storage, &arguments).await,
        Command::DeleteDocs(arguments) => delete_docs::run(global, &arguments).await,
        Command::Merge(arguments) => merge::run(global, &storage, &arguments).await,
        Command::Gc(arguments) => gc::run(global, &storage, &arguments).await,
        Command::Verify(arguments) => verify::run(global, &storage, &arguments).await,
        Command::Delete(arguments) => delete::run(global, &storage, &arguments).await,
    }
}
