//! All documents of a scope, as a tantivy query.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::doc_bits::DocBits;
use super::scope::ScopeDocuments;

/// All documents of a scope, with the score 1.
#[derive(Debug, Clone)]
pub(crate) struct ScopeQuery {
    documents: ScopeDocuments,
    terms: Vec<Term>,
}

impl ScopeQuery {
    pub(crate) fn new(documents: ScopeDocuments) -> Self {
        ScopeQuery { terms: documents.terms().collect(), documents }
    }
}

impl Query for ScopeQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, false));
    }
}

impl Weight for ScopeQuery {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let documents = self.documents.of(segment)?;
        let doc = documents.at_or_after(0).unwrap_or(TERMINATED);
        Ok(Box::new(ScopeScorer { documents, doc, boost }))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        if self.documents.of(segment)?.contains(doc) {
            return Ok(Explanation::new("a document of the scope", 1.0));
        }
        Err(TantivyError::InvalidArgument(format!("document #({doc}) does not match")))
    }
}

struct ScopeScorer {
    documents: Arc<DocBits>,
    doc: DocId,
    boost: Score,
}

impl DocSet for ScopeScorer {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.documents.at_or_after(self.doc + 1).unwrap_or(TERMINATED);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.documents.at_or_after(target).unwrap_or(TERMINATED);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.documents.len()
    }
}

impl Scorer for ScopeScorer {
    fn score(&mut self) -> Score {
        self.boost
    }
}
