//! The log of functions.

use std::sync::Arc;

use quidditch_function::{FunctionId, OutputLimits, truncated};

use crate::contract::LogLevel;

/// The level of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For debugging the function.
    Debug,
    /// Information.
    Info,
    /// A possible problem.
    Warn,
    /// A failure.
    Error,
}

impl Level {
    /// The name of the level.
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// Receives the messages of functions. It is called while the function runs, and its time counts as the function's.
pub trait LogSink: Send + Sync {
    /// Receives one message, truncated to the limit.
    fn log(&self, function: &FunctionId, level: Level, message: &str);
}

/// The log of one instance.
pub(crate) struct Log {
    function: Arc<FunctionId>,
    sink: Option<Arc<dyn LogSink>>,
    messages: usize,
    message_bytes: usize,
    logged: usize,
    last_error: Option<String>,
}

impl Log {
    pub(crate) fn new(function: Arc<FunctionId>, sink: Option<Arc<dyn LogSink>>, limits: &OutputLimits) -> Self {
        let (messages, message_bytes) = (limits.log_messages, limits.message_bytes);
        Log { function, sink, messages, message_bytes, logged: 0, last_error: None }
    }

    /// Whether a message of this level is used. If not, it need not be read from the function's memory.
    pub(crate) fn wants(&self, level: LogLevel) -> bool {
        level == LogLevel::Error || (self.sink.is_some() && self.logged <= self.messages)
    }

    /// Keeps a message of level `error` as the reason of a trap that may follow, and passes messages on within the limits.
    pub(crate) fn record(&mut self, level: LogLevel, message: &str) {
        let message = truncated(message, self.message_bytes);
        if level == LogLevel::Error {
            self.last_error = Some(message.to_owned());
        }
        let Some(sink) = &self.sink else { return };
        if self.logged < self.messages {
            sink.log(&self.function, level.into(), message);
        } else if self.logged == self.messages {
            let limit = self.messages;
            let message = format!("an instance may log {limit} messages; further ones are dropped");
            sink.log(&self.function, Level::Warn, &message);
        }
        self.logged = self.logged.saturating_add(1);
    }

    /// Forgets errors of earlier calls, which do not explain a trap in this one.
    pub(crate) fn start_call(&mut self) {
        self.last_error = None;
    }

    pub(crate) fn take_last_error(&mut self) -> Option<String> {
        self.last_error.take()
    }
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Debug => Level::Debug,
            LogLevel::Info => Level::Info,
            LogLevel::Warn => Level::Warn,
            LogLevel::Error => Level::Error,
        }
    }
}
