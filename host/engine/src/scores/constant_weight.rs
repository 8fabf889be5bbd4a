//! Matches that all score the same.

use tantivy::query::{ConstScorer, Explanation, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED};

use super::explain_match::explain_match;

/// Matches that all score the same. Unlike tantivy's weight of this kind, it ends as soon as this score is not good enough any
/// more.
pub(super) struct ConstantWeight {
    matches: Box<dyn Weight>,
    score: Score,
}

impl ConstantWeight {
    pub(super) fn new(matches: Box<dyn Weight>, score: Score) -> Self {
        ConstantWeight { matches, score }
    }
}

impl Weight for ConstantWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let matches = self.matches.scorer(segment, 1.0)?;
        Ok(Box::new(ConstScorer::new(matches, self.score * boost)))
    }

    fn scorer_danger(
        &self,
        segment: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> tantivy::Result<(SeekDangerResult, Box<dyn Scorer>)> {
        let (result, matches) = self.matches.scorer_danger(segment, target, 1.0)?;
        Ok((result, Box::new(ConstScorer::new(matches, self.score * boost))))
    }

    fn count(&self, segment: &SegmentReader) -> tantivy::Result<u32> {
        self.matches.count(segment)
    }

    fn for_each_pruning(
        &self,
        mut threshold: Score,
        segment: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let mut matches = self.matches.scorer(segment, 1.0)?;
        let mut doc = matches.doc();
        while doc != TERMINATED && self.score > threshold {
            threshold = callback(doc, self.score);
            doc = matches.advance();
        }
        Ok(())
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "the same for all matches")
    }
}
