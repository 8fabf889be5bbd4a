//! Errors of libraries that parse stored bytes.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Why stored bytes cannot be parsed. Clones share the error of the library that parses them.
#[derive(Debug, Clone)]
pub struct ParseError(Arc<dyn Error + Send + Sync>);

impl ParseError {
    /// Shares an error.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        ParseError(Arc::from(error.into()))
    }
}

/// Errors with the same text are equal: it says what is wrong, and where.
impl PartialEq for ParseError {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

impl Eq for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for ParseError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
