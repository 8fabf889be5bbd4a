//! Functions whose log one caller receives.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use quidditch_function::FunctionResolver;
use serde::Serialize;

/// Most lines of a log; the rest is dropped. 1,000: nobody reads more.
const MAX_LINES: usize = 1_000;

/// Makes the published functions available with a log of their own.
pub trait LoggedFunctions: Send + Sync {
    /// The published functions. What they log goes to `log`, and to nothing else.
    ///
    /// # Errors
    /// [`LoggedFunctionsError`] if they cannot be run.
    fn with_log(&self, log: &Arc<FunctionLog>) -> Result<Arc<dyn FunctionResolver>, LoggedFunctionsError>;
}

/// Functions cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("functions cannot be run")]
pub struct LoggedFunctionsError(#[source] pub Box<dyn Error + Send + Sync>);

/// What functions have logged.
#[derive(Default)]
pub struct FunctionLog(Mutex<Vec<LogLine>>);

/// A message of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LogLine {
    level: &'static str,
    message: String,
}

impl FunctionLog {
    /// Adds a message of this level: `debug`, `info`, `warn` or `error`.
    pub fn add(&self, level: &'static str, message: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() < MAX_LINES {
            lines.push(LogLine { level, message: message.to_owned() });
        }
    }

    /// All messages so far.
    pub(crate) fn take(&self) -> Vec<LogLine> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_not_endless() {
        let log = FunctionLog::default();
        for number in 0..=MAX_LINES {
            log.add("info", &number.to_string());
        }
        let lines = log.take();
        assert_eq!(lines.len(), MAX_LINES);
        assert_eq!(lines.last().map(|line| line.message.as_str()), Some("999"));
        assert!(log.take().is_empty());
    }
}
