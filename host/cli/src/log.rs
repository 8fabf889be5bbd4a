//! Logging to standard error.

use std::io::{self, IsTerminal};

use quidditch_function::FunctionId;
use quidditch_index::TRACE_TARGET;
use quidditch_sandbox::{Level, LogSink};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// What takes the spans of traces.
pub(crate) type TraceLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging. `RUST_LOG` selects events more precisely than `verbose`. Spans of traces go to `traces` only.
pub(crate) fn init(verbose: u8, traces: Option<TraceLayer>) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let chosen = std::env::var("RUST_LOG").unwrap_or_else(|_| level.to_owned());
    let filter = EnvFilter::try_new(chosen).unwrap_or_else(|_| EnvFilter::new(level));
    let no_spans = format!("{TRACE_TARGET}=off").parse().expect("a valid directive");
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        // Colour codes are for terminals only.
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .with_filter(filter.add_directive(no_spans));
    tracing_subscriber::registry().with(traces).with(lines).init();
}

/// Prints the log messages of functions.
pub(crate) struct FunctionLog;

impl LogSink for FunctionLog {
    fn log(&self, function: &FunctionId, level: Level, message: &str) {
        eprintln!("{function} {}: {message}", level.name());
    }
}
