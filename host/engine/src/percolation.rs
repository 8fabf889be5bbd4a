//! A `percolate` query: documents that stored queries are run over.

use serde_json::{Map, Value as Json};

/// A `percolate` query, as it was parsed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Percolation {
    /// The field that has the stored queries.
    pub(crate) field: String,
    pub(crate) documents: PercolatedDocuments,
    /// Tells the documents that match from those of other queries, in the names of fields of hits.
    pub(crate) name: Option<String>,
}

/// The documents of a `percolate` query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PercolatedDocuments {
    /// They are in the request.
    Given(Vec<Map<String, Json>>),
    /// It is in an index.
    Stored {
        /// By which its source is found.
        lookup: usize,
        index: String,
        id: String,
    },
}

impl PercolatedDocuments {
    pub(crate) fn count(&self) -> usize {
        match self {
            PercolatedDocuments::Given(documents) => documents.len(),
            PercolatedDocuments::Stored { .. } => 1,
        }
    }
}

impl Percolation {
    /// The field of a hit that says which of the documents match its query. The name counts only if there are several `percolate`
    /// queries.
    pub(crate) fn slots_field(&self, percolations: usize) -> String {
        match &self.name {
            Some(name) if percolations > 1 => format!("_percolator_document_slot_{name}"),
            _ => "_percolator_document_slot".to_owned(),
        }
    }

    /// The name under which a hit shows what of a field of a document matches. It tells the documents from each other, if there are
    /// several, and the `percolate` queries.
    pub(crate) fn highlight_name(&self, slot: usize, field: &str, percolations: usize) -> String {
        let slot = if self.documents.count() > 1 { format!("{slot}_") } else { String::new() };
        match &self.name {
            Some(name) if percolations > 1 => format!("{name}_{slot}{field}"),
            _ => format!("{slot}{field}"),
        }
    }
}
