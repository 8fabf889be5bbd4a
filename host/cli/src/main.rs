//! The `quidditch` command: makes and fills indices, searches them, publishes functions, and serves the HTTP API.

mod arguments;
mod bundle;
mod byte_size;
mod compiler;
mod document_files;
mod index;
mod installation;
mod log;
mod outcome;
mod output;
mod search;
mod serve;
mod table;
mod text_argument;
mod udf;

use std::future::Future;
use std::io;
use std::process::ExitCode;

use anyhow::{Context, Result};
use arguments::{Arguments, Command};
use clap::Parser;
use outcome::Outcome;

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    log::init(global.verbose);
    let result = match command {
        Command::Index(command) => wait(index::run(&global, command)),
        Command::Search(arguments) => wait(search::run(&global, arguments)),
        Command::Udf(command) => wait(udf::run(&global, command)),
        Command::Bundle(arguments) => wait(bundle::run(&global, &arguments)),
        Command::Serve(arguments) => serve::run(&global, &arguments),
        Command::CompileComponent(arguments) => compiler::run_child(&arguments),
    };
    match result {
        Ok(outcome) => outcome.into(),
        // Who reads standard output has seen enough, as in `quidditch index list | head -1`.
        Err(error) if is_broken_pipe(&error) => Outcome::Done.into(),
        Err(error) => {
            eprintln!("error: {error:#}");
            Outcome::Failed.into()
        }
    }
}

/// Runs a command that does one thing after another.
fn wait(command: impl Future<Output = Result<Outcome>>) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot start the runtime")?.block_on(command)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
