//! A host for Spin apps in tests and benchmarks: WASI 0.2 and 0.3, as Spin 4 provides them to HTTP components, and Spin's
//! variables.
//!
//! It treats instances as Spin does: they come from a pool with limits, answer up to 16 requests at the same time and 128 in all, and
//! end when they were idle for a second. A component that imports anything else cannot be started.

mod app;
mod arguments;
mod clock;
mod instance;
mod outbound;
mod pool;
mod server;
mod variables;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(server::run(arguments)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
