//! Why a text is not JSON.

use std::fmt;
use std::sync::Arc;

/// Why a text is not JSON, with its line and column. Clones share the error of the parser.
#[derive(Debug, Clone)]
pub struct JsonError(Arc<serde_json::Error>);

impl JsonError {
    /// Whether the text is empty.
    pub fn is_of_empty_text(&self) -> bool {
        self.0.is_eof() && (self.0.line(), self.0.column()) == (1, 0)
    }

    /// Whether the text ends too early.
    pub fn is_at_the_end(&self) -> bool {
        self.0.is_eof()
    }
}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        JsonError(Arc::new(error))
    }
}

/// Errors with the same text are equal: it says what is wrong, and where.
impl PartialEq for JsonError {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
