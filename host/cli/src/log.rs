//! Where messages go: standard error.

use std::io;

use quidditch_function::FunctionId;
use quidditch_sandbox::{Level, LogSink};
use tracing_subscriber::EnvFilter;

/// Begins to print events. `RUST_LOG` may choose them more exactly.
pub(crate) fn init(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let chosen = std::env::var("RUST_LOG").unwrap_or_else(|_| level.to_owned());
    let filter = EnvFilter::try_new(chosen).unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false).init();
}

/// Prints what functions log.
pub(crate) struct FunctionLog;

impl LogSink for FunctionLog {
    fn log(&self, function: &FunctionId, level: Level, message: &str) {
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        eprintln!("{function} {level}: {message}");
    }
}
