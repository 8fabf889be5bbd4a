//! The documents of a filter that need not be asked.

use std::ops::Range;
use std::sync::Arc;

use tantivy::{DocId, DocSet, TERMINATED};

use super::keep::Keep;
use crate::functions::{DOCUMENTS_IN_WORD, SegmentResults};

/// The documents that a filter lets pass, among some documents of a segment, if the function was asked about all documents before.
pub(crate) struct KnownDocs {
    results: Arc<SegmentResults>,
    keep: Keep,
    docs: Range<DocId>,
    /// The word of the current document.
    word: usize,
    /// The documents of the word from the current one on.
    bits: u64,
}

impl KnownDocs {
    /// At the first document. The results must be complete.
    pub(super) fn new(results: Arc<SegmentResults>, keep: Keep, docs: Range<DocId>) -> Self {
        debug_assert!(results.is_complete() && docs.end <= results.documents());
        let word = (docs.start / DOCUMENTS_IN_WORD) as usize;
        let mut known = KnownDocs { results, keep, docs, word, bits: 0 };
        known.go_to(known.docs.start);
        known
    }

    /// How many documents pass from the current one on.
    pub(super) fn count(&self) -> u32 {
        let words = self.word + 1..self.docs.end.div_ceil(DOCUMENTS_IN_WORD) as usize;
        self.bits.count_ones() + words.map(|word| self.passing(word).count_ones()).sum::<u32>()
    }

    /// The documents of a word that pass and are in the range.
    fn passing(&self, word: usize) -> u64 {
        let first = word as u32 * DOCUMENTS_IN_WORD;
        if first >= self.docs.end {
            return 0;
        }
        let kept = self.results.kept_word(word);
        let passing = if self.keep == Keep::Kept { kept } else { !kept };
        let (start, end) = (self.docs.start.saturating_sub(first), self.docs.end - first);
        let from_start = u64::MAX.checked_shl(start).unwrap_or(0);
        let until_end = if end >= DOCUMENTS_IN_WORD { u64::MAX } else { (1 << end) - 1 };
        passing & from_start & until_end
    }

    /// Goes to the first document that passes and is at least this one.
    fn go_to(&mut self, target: DocId) {
        self.word = (target / DOCUMENTS_IN_WORD) as usize;
        self.bits = self.passing(self.word) & (u64::MAX << (target % DOCUMENTS_IN_WORD));
        self.skip_empty_words();
    }

    fn skip_empty_words(&mut self) {
        while self.bits == 0 && ((self.word as u32 + 1) * DOCUMENTS_IN_WORD) < self.docs.end {
            self.word += 1;
            self.bits = self.passing(self.word);
        }
    }
}

impl DocSet for KnownDocs {
    fn advance(&mut self) -> DocId {
        // Removes the lowest bit.
        self.bits &= self.bits.wrapping_sub(1);
        self.skip_empty_words();
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc() {
            if target < self.docs.end {
                self.go_to(target);
            } else {
                self.bits = 0;
                self.word = (self.docs.end / DOCUMENTS_IN_WORD) as usize;
            }
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        if self.bits == 0 { TERMINATED } else { self.word as u32 * DOCUMENTS_IN_WORD + self.bits.trailing_zeros() }
    }

    fn size_hint(&self) -> u32 {
        self.count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn results(documents: u32, kept: &[DocId]) -> Arc<SegmentResults> {
        let results = SegmentResults::new(documents);
        results.record(&(0..documents).collect::<Vec<_>>(), kept);
        Arc::new(results)
    }

    proptest! {
        #[test]
        fn they_are_those_that_pass_in_the_range(
            documents in 0..300_u32, seed in prop::collection::btree_set(0..300_u32, 0..200), start in 0..310_u32, end in 0..310_u32,
            jumps in prop::collection::vec(0..40_u32, 0..10), is_kept in any::<bool>(),
        ) {
            let kept: Vec<DocId> = seed.into_iter().filter(|doc| *doc < documents).collect();
            let keep = if is_kept { Keep::Kept } else { Keep::Dropped };
            let end = end.min(documents);
            let range = start.min(end)..end;
            let expected: Vec<DocId> = range.clone().filter(|doc| kept.contains(doc) == is_kept).collect();
            let open = || KnownDocs::new(results(documents, &kept), keep, range.clone());
            prop_assert_eq!(open().count() as usize, expected.len());
            let mut known = open();
            let mut found = Vec::new();
            while known.doc() != TERMINATED {
                found.push(known.doc());
                known.advance();
            }
            prop_assert_eq!(known.advance(), TERMINATED);
            prop_assert_eq!(&found, &expected);
            let mut known = open();
            let mut target = range.start;
            for jump in jumps {
                target += jump;
                let next = expected.iter().copied().find(|doc| *doc >= target).unwrap_or(TERMINATED);
                prop_assert_eq!(known.seek(target), next);
            }
        }
    }
}
