//! The `quidditch` command: manages and searches indices, publishes functions, and serves the HTTP API.

mod alias;
mod arguments;
mod bundle;
mod byte_size;
mod command_line;
mod compiler;
mod credential;
mod document_files;
mod error_response;
mod error_with_stack;
mod index;
mod installation;
mod key;
mod key_folder;
mod log;
mod logged_functions;
mod oci;
mod outcome;
mod output;
mod script;
mod search;
mod serve;
mod table;
mod text_argument;
mod time_span;
mod timestamp;
mod udf;

use std::future::Future;
use std::io;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use command_line::{Arguments, Command};
use error_with_stack::error_with_stack;
use outcome::Outcome;

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    // The server starts it itself, together with traces.
    if !matches!(command, Command::Serve(_)) {
        log::init(global.verbose, None);
    }
    let result = match command {
        Command::Index(command) => block_on(index::run(&global, command)),
        Command::Alias(command) => block_on(alias::run(&global, command)),
        Command::Search(arguments) => block_on(search::run(&global, arguments)),
        Command::Udf(command) => block_on(udf::run(&global, command)),
        Command::Script(command) => block_on(script::run(&global, command)),
        Command::Bundle(arguments) => block_on(bundle::run(&global, &arguments)),
        Command::Credential(command) => credential::run(&global, &command),
        Command::Key(command) => key::run(&global, &command),
        Command::Serve(arguments) => serve::run(&global, &arguments),
        Command::CompileComponent(arguments) => compiler::run_child(&arguments),
    };
    match result {
        Ok(outcome) => outcome.into(),
        // The reader of standard output has closed it, as in `quidditch index list | head -1`.
        Err(error) if is_broken_pipe(&error) => Outcome::Done.into(),
        Err(error) => {
            eprintln!("error: {}", error_with_stack(&error));
            Outcome::Failed.into()
        }
    }
}

/// Runs a command on a single thread.
fn block_on(command: impl Future<Output = Result<Outcome>>) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("cannot start the async runtime")?.block_on(command)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
