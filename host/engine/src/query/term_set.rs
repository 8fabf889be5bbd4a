//! Documents that have at least one of many terms.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId, Score, SegmentReader, Term};

use crate::scores::explain_match;

/// Documents that have at least one of these terms. All score 1.
///
/// tantivy's own query of this kind walks through the whole dictionary, piece by piece. This one looks up each term, so that
/// all it reads is known beforehand.
#[derive(Clone)]
pub(super) struct TermSet {
    terms: Arc<[Term]>,
}

impl TermSet {
    /// In any order, and more than once perhaps.
    pub(super) fn new(mut terms: Vec<Term>) -> Self {
        // In the order of the dictionary, look-ups stay close to each other.
        terms.sort_unstable();
        terms.dedup();
        TermSet { terms: terms.into() }
    }

    fn documents(&self, segment: &SegmentReader) -> tantivy::Result<BitSet> {
        let mut documents = BitSet::with_max_value(segment.max_doc());
        for term in self.terms.iter() {
            let inverted_index = segment.inverted_index(term.field())?;
            let Some(mut postings) = inverted_index.read_block_postings(term, IndexRecordOption::Basic)? else {
                continue;
            };
            loop {
                let block = postings.docs();
                if block.is_empty() {
                    break;
                }
                for doc in block {
                    documents.insert(*doc);
                }
                postings.advance();
            }
        }
        Ok(documents)
    }
}

impl fmt::Debug for TermSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TermSet").field("terms", &self.terms.len()).finish()
    }
}

impl Query for TermSet {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, false));
    }
}

impl Weight for TermSet {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let documents = BitSetDocSet::from(self.documents(segment)?);
        Ok(Box::new(ConstScorer::new(documents, boost)))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "has one of the terms")
    }
}
