//! One word of a phrase, which may be one of several terms, in the postings of a segment.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// Where a word of a phrase is, and the terms of which any may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhraseWord {
    /// Its position in the phrase.
    pub(crate) position: usize,
    /// At least one.
    pub(crate) terms: Vec<Term>,
}

/// The documents that have one of the terms of a word.
pub(super) struct WordPostings {
    terms: Vec<SegmentPostings>,
    one_term: Vec<u32>,
}

impl WordPostings {
    /// `None` if the segment has none of the terms.
    pub(super) fn open(segment: &SegmentReader, word: &PhraseWord) -> tantivy::Result<Option<Self>> {
        let mut terms = Vec::new();
        for term in &word.terms {
            let inverted_index = segment.inverted_index(term.field())?;
            let option = IndexRecordOption::WithFreqsAndPositions;
            terms.extend(inverted_index.read_postings(term, option)?);
        }
        Ok((!terms.is_empty()).then_some(WordPostings { terms, one_term: Vec::new() }))
    }

    /// Adds its positions in the current document to `positions`, in ascending order.
    pub(super) fn positions(&mut self, positions: &mut Vec<i64>) {
        positions.clear();
        let doc = self.doc();
        for postings in self.terms.iter_mut().filter(|postings| postings.doc() == doc) {
            postings.positions(&mut self.one_term);
            positions.extend(self.one_term.iter().map(|&position| i64::from(position)));
        }
        if self.terms.len() > 1 {
            positions.sort_unstable();
        }
    }
}

impl DocSet for WordPostings {
    fn advance(&mut self) -> DocId {
        match self.doc() {
            TERMINATED => TERMINATED,
            doc => self.seek(doc + 1),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for postings in &mut self.terms {
            if postings.doc() < target {
                postings.seek(target);
            }
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.terms.iter().map(DocSet::doc).min().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.terms.iter().map(DocSet::size_hint).fold(0, u32::saturating_add)
    }
}
