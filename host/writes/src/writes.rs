//! What the requests that change something have in common.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_registry::Registry;
use quidditch_storage::Storage;

/// What [`Writes`] is built from.
pub struct WriteParts {
    /// Where indices, aliases and templates are stored.
    pub storage: Arc<dyn Storage>,
    /// Stores scripts.
    pub registry: Arc<Registry>,
    /// The time of changes.
    pub clock: Arc<dyn Clock>,
}

/// Answers the requests that change something.
pub struct Writes {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Writes {
    /// Creates it. Nothing is read or written before the first request.
    pub fn new(parts: WriteParts) -> Self {
        let WriteParts { storage, registry, clock } = parts;
        Writes { storage, registry, clock }
    }
}
