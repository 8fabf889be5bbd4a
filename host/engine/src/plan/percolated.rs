//! What a `percolate` query has found: the documents whose stored queries match.

use std::collections::BTreeMap;

use tantivy::index::SegmentId;
use tantivy::{DocId, Score};

use crate::scores::FoundDocuments;

/// The documents whose stored queries match.
#[derive(Debug, Default)]
pub(crate) struct Percolated {
    documents: FoundDocuments,
    slots: BTreeMap<(SegmentId, DocId), Vec<usize>>,
}

/// A document whose stored query matches.
pub(crate) struct PercolatedMatch {
    pub(crate) segment: SegmentId,
    pub(crate) doc: DocId,
    /// The best score that the query gives to one of the documents of the request.
    pub(crate) score: Score,
    /// Which of these documents match, ascending.
    pub(crate) slots: Vec<usize>,
}

impl Percolated {
    pub(crate) fn new(matches: Vec<PercolatedMatch>) -> Self {
        let documents = FoundDocuments::new(matches.iter().map(|found| (found.segment, found.doc, found.score)));
        let slots = matches.into_iter().map(|found| ((found.segment, found.doc), found.slots)).collect();
        Percolated { documents, slots }
    }

    pub(crate) fn documents(&self) -> &FoundDocuments {
        &self.documents
    }

    /// Which of the documents of the request the query of a document matches; `None` if none.
    pub(crate) fn slots(&self, segment: SegmentId, doc: DocId) -> Option<&[usize]> {
        self.slots.get(&(segment, doc)).map(Vec::as_slice)
    }
}
