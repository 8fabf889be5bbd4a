//! What a `percolate` query has found: the documents whose stored queries match.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use tantivy::index::SegmentId;
use tantivy::{DocId, Score};

use crate::scores::FoundDocuments;

/// The documents whose stored queries match.
#[derive(Debug, Default)]
pub(crate) struct Percolated {
    documents: FoundDocuments,
    shown: BTreeMap<(SegmentId, DocId), ShownMatch>,
}

/// A document whose stored query matches.
pub(crate) struct PercolatedMatch {
    pub(crate) segment: SegmentId,
    pub(crate) doc: DocId,
    /// The best score that the query gives to one of the documents of the request.
    pub(crate) score: Score,
    pub(crate) shown: ShownMatch,
}

/// What a hit shows of the documents of the request that its query matches.
#[derive(Debug)]
pub(crate) struct ShownMatch {
    /// Which documents they are, ascending.
    pub(crate) slots: Vec<usize>,
    /// What of them matches, by the names that hits show.
    pub(crate) highlight: Map<String, Json>,
}

impl Percolated {
    pub(crate) fn new(matches: Vec<PercolatedMatch>) -> Self {
        let documents = FoundDocuments::new(matches.iter().map(|found| (found.segment, found.doc, found.score)));
        let shown = matches.into_iter().map(|found| ((found.segment, found.doc), found.shown)).collect();
        Percolated { documents, shown }
    }

    pub(crate) fn documents(&self) -> &FoundDocuments {
        &self.documents
    }

    /// What a document shows as a hit; `None` if its query does not match.
    pub(crate) fn shown(&self, segment: SegmentId, doc: DocId) -> Option<&ShownMatch> {
        self.shown.get(&(segment, doc))
    }
}
