//! The log: one JSON object a line on standard output, which Lambda keeps.

use quidditch_function::FunctionId;
use quidditch_sandbox::{Level, LogSink};
use tracing::Span;
use tracing::level_filters::LevelFilter;

/// Begins to log events of at least this level.
pub(crate) fn init(level: LevelFilter) {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level)
        .init();
}

/// What every line of a request is inside of. At the highest level, so that it is there whatever is logged.
pub(crate) fn request_span(request_id: &str) -> Span {
    tracing::error_span!("request", requestId = request_id)
}

/// Logs what user functions log.
pub(crate) struct FunctionLog;

impl LogSink for FunctionLog {
    fn log(&self, function: &FunctionId, level: Level, message: &str) {
        match level {
            Level::Debug => tracing::debug!(%function, said = message, "a function logs"),
            Level::Info => tracing::info!(%function, said = message, "a function logs"),
            Level::Warn => tracing::warn!(%function, said = message, "a function logs"),
            Level::Error => tracing::error!(%function, said = message, "a function logs"),
        }
    }
}
