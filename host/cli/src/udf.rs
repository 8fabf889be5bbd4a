//! `quidditch udf`.

mod check;
mod compile;
mod list;
mod publish;
mod run;
mod script_file;
mod show;
mod trial;

use anyhow::Result;

use crate::arguments::Global;
use crate::outcome::Outcome;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Publish a component or a script as a function
    Publish(publish::Arguments),
    /// Compile a published function for other targets
    Compile(compile::Arguments),
    /// List all functions
    List,
    /// Show a function and its parameters
    Show(show::Arguments),
    /// Report everything that is wrong with a component
    Check(check::Arguments),
    /// Run a function on documents
    Run(run::Arguments),
}

pub(crate) async fn run(global: &Global, command: Command) -> Result<Outcome> {
    match command {
        Command::Publish(arguments) => publish::run(global, &arguments).await,
        Command::Compile(arguments) => compile::run(global, &arguments).await,
        Command::List => list::run(global).await,
        Command::Show(arguments) => show::run(global, &arguments).await,
        Command::Check(arguments) => check::run(global, &arguments),
        Command::Run(arguments) => run::run(global, &arguments).await,
    }
}
