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
mod verify;

use std::sync::Arc;

use anyhow::Result;
pub(crate) use create::read_mapping;
use quidditch_clock::{Clock, SystemClock};

use crate::arguments::Global;
use crate::outcome::Outcome;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create an empty index
    Create(create::Arguments),
    /// Add documents to an index
    Add(add::Arguments),
    /// List all indices
    List,
    /// Show the mapping and size of an index
    Show(show::Arguments),
    /// Delete documents by id or by query
    DeleteDocs(delete_docs::Arguments),
    /// Merge splits into fewer, larger ones, without their deleted documents
    Merge(merge::Arguments),
    /// Remove objects that an index no longer needs
    Gc(gc::Arguments),
    /// Read all of an index and check it for damage; exit code 1 if there is any
    Verify(verify::Arguments),
    /// Delete an index with its documents
    Delete(delete::Arguments),
}

pub(crate) async fn run(global: &Global, command: Command) -> Result<Outcome> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let storage = quidditch_storage::open(&global.store_url()?, Arc::clone(&clock));
    match command {
        Command::Create(arguments) => create::run(global, &storage, &arguments).await,
        Command::Add(arguments) => add::run(global, &storage, &clock, &arguments).await,
        Command::List => list::run(global, &storage).await,
        Command::Show(arguments) => show::run(global, &storage, &arguments).await,
        Command::DeleteDocs(arguments) => delete_docs::run(global, &arguments).await,
        Command::Merge(arguments) => merge::run(global, &storage, &clock, &arguments).await,
        Command::Gc(arguments) => gc::run(global, &storage, &clock, &arguments).await,
        Command::Verify(arguments) => verify::run(global, &storage, &arguments).await,
        Command::Delete(arguments) => delete::run(global, &storage, &arguments).await,
    }
}
