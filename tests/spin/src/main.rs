//! A host for the Spin app in tests and benchmarks: WASI 0.2 and 0.3 as Spin 4 offers them to a component that answers HTTP,
//! Spin's variables, and nothing else.
//!
//! A component that imports more cannot be started here. Outgoing requests go wherever the component sends them: Spin's list
//! of allowed hosts is Spin's own matter.

mod app;
mod arguments;
mod clock;
mod instance;
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
