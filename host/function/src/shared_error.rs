//! Errors with several owners.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Any error, with its sources. Clones share it; it is equal only to its clones.
#[derive(Debug, Clone)]
pub struct SharedError(Arc<dyn Error + Send + Sync>);

impl SharedError {
    /// Shares an error.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        SharedError(Arc::from(error.into()))
    }
}

impl PartialEq for SharedError {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Display for SharedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for SharedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
