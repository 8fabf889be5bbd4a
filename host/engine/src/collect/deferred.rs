//! Collects the matches of a segment, and hands them to a collector once all are known: so that what it reads can be computed for
//! them alone.

use std::sync::Arc;

use tantivy::{DocId, Score, SegmentReader};

use super::collector::{Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use crate::Error;
use crate::columns::MatchedColumns;
use crate::memory::Reservation;
use crate::progress::Progress;

/// Matches that are handed on together.
const BATCH: usize = 2_048;

/// Returns a collector that opens another one after the last match, with the matches in the context.
pub(crate) fn deferred<'a, P, O>(segment: &SegmentContext<'_>, open: O) -> SegmentCollecting<'a, P>
where
    P: 'a,
    O: FnOnce(&SegmentContext<'_>) -> Result<SegmentCollecting<'a, P>, Error> + 'a,
{
    Box::new(Deferred {
        open,
        reader: segment.reader.clone(),
        split: segment.split,
        first_position: segment.first_position,
        progress: Arc::clone(segment.progress),
        is_only: segment.is_only,
        docs: Vec::new(),
        scores: Vec::new(),
        reserved: segment.progress.memory().reservation(),
    })
}

struct Deferred<O> {
    open: O,
    reader: SegmentReader,
    split: usize,
    first_position: u64,
    progress: Arc<Progress>,
    is_only: bool,
    docs: Vec<DocId>,
    /// One for each document, or none.
    scores: Vec<Score>,
    /// For the matches.
    reserved: Reservation,
}

impl<'a, P, O> SegmentCollector<P> for Deferred<O>
where
    O: FnOnce(&SegmentContext<'_>) -> Result<SegmentCollecting<'a, P>, Error> + 'a,
{
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        let matched = self.docs.len() + matches.docs.len();
        self.reserved.reach(matched * size_of::<(DocId, Score)>())?;
        self.docs.extend_from_slice(matches.docs);
        self.scores.extend_from_slice(matches.scores);
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        None
    }

    fn finish(self: Box<Self>) -> Result<P, Error> {
        let Deferred { open, reader, split, first_position, progress, is_only, docs, scores, reserved: _reserved } =
            *self;
        let matched = MatchedColumns::new(&reader, (&docs[..], &scores[..]), progress.memory());
        let (reader, progress) = (&reader, &progress);
        let mut collecting =
            open(&SegmentContext { reader, split, first_position, progress, is_only, matched: Some(&matched) })?;
        for (number, docs) in docs.chunks(BATCH).enumerate() {
            if progress.must_stop() {
                break;
            }
            let first = number * BATCH;
            let scores = scores.get(first..first + docs.len()).unwrap_or_default();
            collecting.collect(&Matches { docs, scores })?;
        }
        collecting.finish()
    }
}
