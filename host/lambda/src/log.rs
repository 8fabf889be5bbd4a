//! Logging: JSON lines on standard output, which Lambda stores.

use quidditch_function::FunctionId;
use quidditch_index::TRACE_TARGET;
use quidditch_sandbox::{Level, LogSink};
use tracing::Span;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging events of at least this level.
pub(crate) fn init(level: LevelFilter) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false);
    tracing_subscriber::registry().with(filter(level)).with(lines).init();
}

/// Only this project's own events are logged at level `trace`: at that level, the Lambda runtime logs whole events, with
/// `Authorization` and `Cookie` headers of clients. The spans of traces would hide the span of the request.
fn filter(level: LevelFilter) -> Targets {
    let targets = Targets::new().with_default(level.min(LevelFilter::DEBUG)).with_target("quidditch", level);
    targets.with_target(TRACE_TARGET, LevelFilter::OFF)
}

/// The span of a request, which adds its id to each line. It has the highest level so that no level filters it out.
pub(crate) fn request_span(request_id: &str) -> Span {
    tracing::error_span!("request", requestId = request_id)
}

/// Logs the messages of user functions.
pub(crate) struct FunctionLog;

impl LogSink for FunctionLog {
    fn log(&self, function: &FunctionId, level: Level, message: &str) {
        match level {
            Level::Debug => tracing::debug!(%function, text = message, "user function log"),
            Level::Info => tracing::info!(%function, text = message, "user function log"),
            Level::Warn => tracing::warn!(%function, text = message, "user function log"),
            Level::Error => tracing::error!(%function, text = message, "user function log"),
        }
    }
}
