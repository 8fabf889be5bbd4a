//! A batch of candidates.

use tantivy::{DocId, Score};

/// Most documents of a batch. 4,096: a call to a function costs up to 5 µs (in a Spin app), shared by
/// all documents of the batch, whose columns still fit the fast caches.
pub(crate) const BATCH: usize = 4_096;

/// Documents of one segment, ascending, with their scores so far.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    pub(crate) docs: Vec<DocId>,
    pub(crate) scores: Vec<Score>,
}

impl Candidates {
    pub(crate) fn clear(&mut self) {
        self.docs.clear();
        self.scores.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.docs.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.docs.len()
    }

    pub(crate) fn push(&mut self, doc: DocId, score: Score) {
        self.docs.push(doc);
        self.scores.push(score);
    }

    /// Keeps the documents for which `keep` holds, given their position and score.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(usize, Score) -> bool) {
        self.retain_where(|position, _, score| keep(position, score));
    }

    /// Keeps the documents for which `keep` holds.
    pub(crate) fn retain_docs(&mut self, mut keep: impl FnMut(DocId) -> bool) {
        self.retain_where(|_, doc, _| keep(doc));
    }

    fn retain_where(&mut self, mut keep: impl FnMut(usize, DocId, Score) -> bool) {
        let mut kept = 0;
        for position in 0..self.docs.len() {
            // Written without a branch: often about half of the documents are dropped, and a mispredicted jump costs more than a store.
            let (doc, score) = (self.docs[position], self.scores[position]);
            self.docs[kept] = doc;
            self.scores[kept] = score;
            kept += usize::from(keep(position, doc, score));
        }
        self.docs.truncate(kept);
        self.scores.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retain_keeps_documents_with_their_scores() {
        let mut candidates = Candidates::default();
        for doc in 0..10 {
            candidates.push(doc, doc as Score / 2.0);
        }
        candidates.retain(|position, _| position % 3 == 0);
        assert_eq!(candidates.docs, [0, 3, 6, 9]);
        assert_eq!(candidates.scores, [0.0, 1.5, 3.0, 4.5]);
    }
}
