//! Which documents of a segment a filter has kept, as far as it was asked.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tantivy::DocId;

/// Documents in a word of bits.
pub(crate) const DOCUMENTS_IN_WORD: u32 = u64::BITS;

/// Which documents of a segment a filter has kept, as far as it was asked: two bits for each document. Several threads may read
/// and record at the same time.
#[derive(Debug)]
pub(crate) struct SegmentResults {
    documents: u32,
    /// About which documents it was asked.
    known: Box<[AtomicU64]>,
    /// Which of these it kept.
    kept: Box<[AtomicU64]>,
    number_known: AtomicU32,
}

impl SegmentResults {
    /// For a segment with this number of documents, of which none is known.
    pub(crate) fn new(documents: u32) -> Self {
        let words = || (0..documents.div_ceil(DOCUMENTS_IN_WORD)).map(|_| AtomicU64::new(0)).collect();
        SegmentResults { documents, known: words(), kept: words(), number_known: AtomicU32::new(0) }
    }

    /// The memory that they take for this number of documents.
    pub(super) fn bytes(documents: u32) -> usize {
        2 * documents.div_ceil(DOCUMENTS_IN_WORD) as usize * size_of::<u64>()
    }

    pub(crate) fn documents(&self) -> u32 {
        self.documents
    }

    /// Whether it kept a document; `None` if it was not asked about it.
    pub(crate) fn get(&self, doc: DocId) -> Option<bool> {
        let (word, bit) = place(doc);
        let is_known = self.known[word].load(Ordering::Acquire) & bit != 0;
        is_known.then(|| self.kept[word].load(Ordering::Relaxed) & bit != 0)
    }

    /// Records that of the documents `asked` it kept these. Both ascend.
    pub(crate) fn record(&self, asked: &[DocId], kept: &[DocId]) {
        for (word, bits) in words(kept) {
            self.kept[word].fetch_or(bits, Ordering::Relaxed);
        }
        let mut added = 0;
        for (word, bits) in words(asked) {
            // Whoever sees that a document is known sees whether it was kept.
            let before = self.known[word].fetch_or(bits, Ordering::Release);
            added += (bits & !before).count_ones();
        }
        self.number_known.fetch_add(added, Ordering::Release);
    }

    /// Whether it was asked about all documents.
    pub(crate) fn is_complete(&self) -> bool {
        self.number_known.load(Ordering::Acquire) == self.documents
    }

    /// The bits of 64 documents, of which the first has the number `64 * word`: 1 for those that it kept.
    pub(crate) fn kept_word(&self, word: usize) -> u64 {
        self.kept[word].load(Ordering::Relaxed)
    }
}

fn place(doc: DocId) -> (usize, u64) {
    ((doc / DOCUMENTS_IN_WORD) as usize, 1 << (doc % DOCUMENTS_IN_WORD))
}

/// The words that ascending documents are in, with their bits.
fn words(docs: &[DocId]) -> impl Iterator<Item = (usize, u64)> {
    docs.chunk_by(|a, b| a / DOCUMENTS_IN_WORD == b / DOCUMENTS_IN_WORD).map(|chunk| {
        let bits = chunk.iter().fold(0, |bits, doc| bits | place(*doc).1);
        (place(chunk[0]).0, bits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_complete_once_all_documents_are_known() {
        let results = SegmentResults::new(130);
        let all: Vec<DocId> = (0..130).collect();
        assert_eq!(results.get(129), None);
        results.record(&all[..100], &[0, 63, 64, 99]);
        assert!(!results.is_complete());
        // Some of them again, as another thread asked, too.
        results.record(&all[50..], &[63, 64, 99, 129]);
        assert!(results.is_complete());
        let kept: Vec<DocId> = all.into_iter().filter(|doc| results.get(*doc) == Some(true)).collect();
        assert_eq!(kept, [0, 63, 64, 99, 129]);
        assert_eq!(results.kept_word(1), 1 | 1 << 35);
    }

    #[test]
    fn a_segment_without_documents_is_complete() {
        assert!(SegmentResults::new(0).is_complete());
        assert_eq!(SegmentResults::bytes(0), 0);
        assert_eq!(SegmentResults::bytes(65), 32);
    }
}
