//! The terms of a keyword field. Where all documents of a segment match, counts and documents are read from them, and documents need
//! not be visited one by one.

use std::ops::ControlFlow;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader};

/// Documents whose keywords are counted in the time that reading one term takes.
const DOCUMENTS_PER_TERM: usize = 300;

/// The part of the terms up to which documents are found by their terms, one term after another.
const LARGEST_PART: usize = 4;

/// The terms of a keyword in one segment.
pub(crate) struct KeywordTerms {
    index: Arc<InvertedIndexReader>,
    max_doc: DocId,
}

impl KeywordTerms {
    /// Those of a column; `None` if these are not the texts of the column.
    pub(crate) fn open(column: &str, segment: &SegmentReader) -> tantivy::Result<Option<Self>> {
        let Ok(field) = segment.schema().get_field(column) else { return Ok(None) };
        let terms = KeywordTerms { index: segment.inverted_index(field)?, max_doc: segment.max_doc() };
        let texts = segment.fast_fields().str(column)?;
        Ok(texts.filter(|texts| texts.num_terms() == terms.count()).map(|_| terms))
    }

    fn count(&self) -> usize {
        self.index.terms().num_terms()
    }

    /// How many documents have each term, in the order of the terms and deleted documents included; `None` if looking at all documents
    /// takes less time.
    pub(crate) fn document_counts(&self) -> tantivy::Result<Option<Vec<u32>>> {
        if self.count().saturating_mul(DOCUMENTS_PER_TERM) > self.max_doc as usize {
            return Ok(None);
        }
        let mut counts = Vec::with_capacity(self.count());
        let mut terms = self.index.terms().stream()?;
        while terms.advance() {
            counts.push(terms.value().doc_freq);
        }
        Ok(Some(counts))
    }

    /// Calls back with the documents of each term from `from` on, in the order of the terms, for at most `most` terms, and returns why
    /// it ended. Does nothing, and returns `None`, if so many terms are wanted that looking at all documents takes less time.
    pub(crate) fn for_each_from(
        &self,
        from: Option<&str>,
        most: usize,
        mut call: impl FnMut(&[DocId]) -> ControlFlow<()>,
    ) -> tantivy::Result<Option<Ended>> {
        if most.saturating_mul(LARGEST_PART) > self.count() {
            return Ok(None);
        }
        let mut range = self.index.terms().range().limit(most as u64);
        if let Some(from) = from {
            range = range.ge(from);
        }
        let (mut terms, mut documents, mut seen) = (range.into_stream()?, Vec::new(), 0);
        while terms.advance() {
            documents.clear();
            let mut postings = self.index.read_block_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
            while !postings.docs().is_empty() {
                documents.extend_from_slice(postings.docs());
                postings.advance();
            }
            if call(&documents).is_break() {
                return Ok(Some(Ended::ByCaller));
            }
            seen += 1;
            if seen == most {
                return Ok(Some(Ended::ByLimit));
            }
        }
        Ok(Some(Ended::AtLastTerm))
    }
}

/// Why no further terms were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    ByCaller,
    AtLastTerm,
    ByLimit,
}
