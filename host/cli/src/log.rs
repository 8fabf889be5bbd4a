//! Logging to standard error.

use std::io::{self, IsTerminal};

use quidditch_function::FunctionId;
use quidditch_sandbox::{Level, LogSink};
use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` selects events more precisely than `verbose`.
pub(crate) fn init(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let chosen = std::env::var("RUST_LOG").unwrap_or_else(|_| level.to_owned());
    let filter = EnvFilter::try_new(chosen).unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        // Colour codes are for terminals only.
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .init();
}

/// Prints the log messages of functions.
pub(crate) struct FunctionLog;

impl LogSink for FunctionLog {
    fn log(&self, function: &FunctionId, level: Level, message: &str) {
        eprintln!("{function} {}: {message}", level.name());
    }
}
