//! Matches that all score the same.

use std::fmt;

use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term};

use super::explain_match::explain_match;

/// The matches of a query, all with the same score.
pub(crate) struct ConstantQuery {
    matches: Box<dyn Query>,
    score: Score,
}

impl ConstantQuery {
    pub(crate) fn new(matches: Box<dyn Query>, score: Score) -> Self {
        ConstantQuery { matches, score }
    }

    /// The query whose matches these are.
    pub(crate) fn matches(&self) -> &dyn Query {
        &*self.matches
    }

    /// The score of each match.
    pub(crate) fn score(&self) -> Score {
        self.score
    }
}

impl Clone for ConstantQuery {
    fn clone(&self) -> Self {
        ConstantQuery { matches: self.matches.box_clone(), score: self.score }
    }
}

impl fmt::Debug for ConstantQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ConstantQuery").field("matches", &self.matches).field("score", &self.score).finish()
    }
}

impl Query for ConstantQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, .. } = scoring else {
            return self.matches.weight(scoring);
        };
        let matches = self.matches.weight(EnableScoring::disabled_from_searcher(searcher))?;
        Ok(Box::new(ConstantWeight::new(matches, self.score)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.matches.query_terms(visitor);
    }
}

/// Unlike tantivy's weight of this kind, it ends as soon as the score is not good enough any more.
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
