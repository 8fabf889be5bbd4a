//! The scores of the documents of one segment, for those aggregations that read them.

use std::cell::RefCell;
use std::rc::Rc;

use tantivy::{DocId, Score};

use super::batch::Batch;
use crate::Error;
use crate::memory::Account;

/// Bytes of a document and its score.
const BYTES: usize = size_of::<DocId>() + size_of::<Score>();

/// The scores of all matches so far. They are kept next to the batches, which would otherwise carry them through every level, and
/// until the end, as some aggregations hand on their documents only then.
#[derive(Clone, Default)]
pub(super) struct DocScores(Rc<RefCell<Table>>);

#[derive(Default)]
struct Table {
    /// Ascending.
    docs: Vec<DocId>,
    scores: Vec<Score>,
}

impl DocScores {
    /// Adds matches, which come after all that are there.
    pub(super) fn add(&self, docs: &[DocId], scores: &[Score], account: &mut Account) -> Result<(), Error> {
        let mut table = self.0.borrow_mut();
        account.reach((table.docs.len() + docs.len()) * BYTES)?;
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
        let table = self.0.borrow();
        let mut at = batch.docs.first().map_or(0, |first| table.docs.partition_point(|doc| doc < first));
        for (position, doc) in batch.docs.iter().enumerate() {
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
        let mut account = Memory::new(MemoryScope::Aggregations, 10 * BYTES as u64).account();
        let scores = DocScores::default();
        scores.add(&[1, 2, 5], &[0.1, 0.2, 0.5], &mut account).expect("within the limit");
        scores
            .add(&[7, 8, 9, 20, 30, 40, 50], &[0.7, 0.8, 0.9, 2.0, 3.0, 4.0, 5.0], &mut account)
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
        assert!(scores.add(&[60], &[6.0], &mut account).is_err());
    }
}
