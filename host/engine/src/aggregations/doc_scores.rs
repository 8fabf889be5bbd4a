//! The scores of the documents of one segment, for those aggregations that read them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tantivy::{DocId, Score};

use super::batch::Batch;
use crate::Error;
use crate::memory::Reservation;
use crate::nested::DocBits;

/// Bytes of a document and its score.
const BYTES: usize = size_of::<DocId>() + size_of::<Score>();

/// The scores of all matches so far. They are kept next to the batches, which would otherwise carry them through every level, and
/// until the end, as some aggregations hand on their documents only then.
#[derive(Clone, Default)]
pub(super) struct DocScores {
    matches: Rc<RefCell<Table>>,
    /// The documents of the index, for the scores of the nested objects in them.
    roots: Option<Arc<DocBits>>,
}

#[derive(Default)]
struct Table {
    /// Ascending.
    docs: Vec<DocId>,
    scores: Vec<Score>,
}

impl DocScores {
    /// The same scores for nested objects: those of the documents that they are in.
    pub(super) fn of_objects(&self, roots: Arc<DocBits>) -> Self {
        DocScores { matches: Rc::clone(&self.matches), roots: Some(roots) }
    }

    /// Adds matches, which come after all that are there.
    pub(super) fn add(&self, docs: &[DocId], scores: &[Score], reservation: &mut Reservation) -> Result<(), Error> {
        let mut table = self.matches.borrow_mut();
        reservation.reach((table.docs.len() + docs.len()) * BYTES)?;
        table.docs.extend_from_slice(docs);
        table.scores.extend_from_slice(scores);
        Ok(())
    }

    /// Calls `take` with the position in the batch and the score of each document. A document that does not match has the score 0.
    pub(super) fn for_each(
        &self,
        batch: Batch<'_>,
        mut take: impl FnMut(usize, Score) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let table = self.matches.borrow();
        let match_of = |doc: DocId| self.roots.as_ref().and_then(|roots| roots.at_or_after(doc)).unwrap_or(doc);
        let mut at = batch.docs.first().map_or(0, |first| table.docs.partition_point(|doc| *doc < match_of(*first)));
        for (position, doc) in batch.docs.iter().enumerate() {
            let doc = &match_of(*doc);
            if table.docs.get(at).is_some_and(|found| found < doc) {
                at += 1;
                // Mostly it is the next one.
                if table.docs.get(at).is_some_and(|found| found < doc) {
                    at += table.docs[at..].partition_point(|found| found < doc);
                }
            }
            let is_match = table.docs.get(at) == Some(doc);
            take(position, if is_match { table.scores[at] } else { 0.0 })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Memory, MemoryScope};

    #[test]
    fn scores_are_found_by_document() {
        let mut reservation = Memory::new(MemoryScope::Aggregations, 10 * BYTES as u64).reservation();
        let scores = DocScores::default();
        scores.add(&[1, 2, 5], &[0.1, 0.2, 0.5], &mut reservation).expect("within the limit");
        scores
            .add(&[7, 8, 9, 20, 30, 40, 50], &[0.7, 0.8, 0.9, 2.0, 3.0, 4.0, 5.0], &mut reservation)
            .expect("at the limit");
        let of = |docs: &[DocId]| {
            let mut found = Vec::new();
            let buckets = vec![0; docs.len()];
            let take = |position: usize, score: Score| {
                found.push((position, score));
                Ok(())
            };
            scores.for_each(Batch { docs, buckets: &buckets }, take).expect("no error");
            found.into_iter().map(|(_, score)| score).collect::<Vec<_>>()
        };
        assert_eq!(of(&[1, 2, 2, 5, 7]), [0.1, 0.2, 0.2, 0.5, 0.7]);
        assert_eq!(of(&[5, 5, 40]), [0.5, 0.5, 4.0]);
        assert_eq!(of(&[0, 3, 9, 21, 50, 60]), [0.0, 0.0, 0.9, 0.0, 5.0, 0.0]);
        assert!(scores.add(&[60], &[6.0], &mut reservation).is_err());
    }

    #[test]
    fn objects_have_the_scores_of_their_documents() {
        let mut reservation = Memory::new(MemoryScope::Aggregations, 1_000).reservation();
        let scores = DocScores::default();
        scores.add(&[2, 6], &[0.2, 0.6], &mut reservation).expect("within the limit");
        let mut roots = DocBits::empty(10);
        [2, 4, 6].into_iter().for_each(|doc| roots.insert(doc));
        let mut found = Vec::new();
        let batch = Batch { docs: &[0, 1, 1, 3, 5, 6], buckets: &[0; 6] };
        let take = |_, score: Score| {
            found.push(score);
            Ok(())
        };
        scores.of_objects(Arc::new(roots)).for_each(batch, take).expect("no error");
        assert_eq!(found, [0.2, 0.2, 0.2, 0.0, 0.6, 0.6]);
    }
}
