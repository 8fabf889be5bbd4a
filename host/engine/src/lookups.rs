//! Documents that queries name to use their values. They are read before the queries are planned.

use serde_json::{Map, Value as Json};

/// A document that a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DocumentLookup {
    /// The index or alias that has it; `None` is the index that is searched.
    pub(crate) index: Option<String>,
    pub(crate) id: String,
    pub(crate) missing_index: MissingIndex,
}

/// What it means if the index does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissingIndex {
    /// It is an error.
    Fails,
    /// The document does not exist.
    HasNoDocuments,
}

/// The sources of the documents that a request names, in the order in which they were parsed.
#[derive(Debug, Default)]
pub(crate) struct LookedUp(Vec<Option<Map<String, Json>>>);

impl LookedUp {
    pub(crate) fn new(sources: Vec<Option<Map<String, Json>>>) -> Self {
        LookedUp(sources)
    }

    /// The source of a document; `None` if it does not exist.
    pub(crate) fn source(&self, lookup: usize) -> Option<&Map<String, Json>> {
        self.0.get(lookup)?.as_ref()
    }
}
