//! Changes of a document that depend on what it is.

use std::error::Error;
use std::fmt;

use quidditch_index::Revision;

/// A change of a document that depends on what it is.
pub trait DocumentUpdate: Send + Sync {
    /// Computes the new state of a document; `current` is `None` if it does not exist. It may be called several times: the last
    /// result counts.
    ///
    /// # Errors
    /// Why it is not changed.
    fn update(&self, current: Option<CurrentDocument<'_>>) -> Result<Updated, UpdateError>;
}

/// A document before a change.
#[derive(Debug, Clone, Copy)]
pub struct CurrentDocument<'a> {
    /// Its `_id`.
    pub id: &'a str,
    /// Its JSON text.
    pub source: &'a str,
    /// Its revision.
    pub revision: Revision,
}

/// What an update does to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Updated {
    /// Another one, with this JSON text.
    Index(String),
    /// It is deleted.
    Delete,
    /// It stays as it is.
    Noop,
}

/// Why a document is not changed.
#[derive(Debug)]
pub enum UpdateError {
    /// There is none.
    Missing,
    /// It cannot be computed.
    Failed(Box<dyn Error + Send + Sync>),
}

impl fmt::Debug for dyn DocumentUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DocumentUpdate")
    }
}
