//! Documents that were found before the query is planned, each with its score.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::explain_match::explain_match;

/// Documents of some segments, each with its score. Nothing of the index is read to find them.
#[derive(Debug, Clone, Default)]
pub(crate) struct FoundDocuments(BTreeMap<SegmentId, Arc<[(DocId, Score)]>>);

impl FoundDocuments {
    /// Each document at most once, in any order.
    pub(crate) fn new(documents: impl IntoIterator<Item = (SegmentId, DocId, Score)>) -> Self {
        let mut by_segment: BTreeMap<SegmentId, Vec<(DocId, Score)>> = BTreeMap::new();
        for (segment, doc, score) in documents {
            by_segment.entry(segment).or_default().push((doc, score));
        }
        let sorted = |(segment, mut documents): (SegmentId, Vec<(DocId, Score)>)| {
            documents.sort_unstable_by_key(|(doc, _)| *doc);
            (segment, documents.into())
        };
        FoundDocuments(by_segment.into_iter().map(sorted).collect())
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Query for FoundDocuments {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for FoundDocuments {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.0.get(&segment.segment_id()) {
            Some(documents) => Box::new(FoundScorer { documents: Arc::clone(documents), at: 0, boost }),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "the score of the document")
    }
}

struct FoundScorer {
    /// Ascending.
    documents: Arc<[(DocId, Score)]>,
    at: usize,
    boost: Score,
}

impl DocSet for FoundScorer {
    fn advance(&mut self) -> DocId {
        self.at = (self.at + 1).min(self.documents.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.documents[self.at..].partition_point(|(doc, _)| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.documents.get(self.at).map_or(TERMINATED, |(doc, _)| *doc)
    }

    fn size_hint(&self) -> u32 {
        self.documents.len() as u32
    }
}

impl Scorer for FoundScorer {
    fn score(&mut self) -> Score {
        self.documents.get(self.at).map_or(0.0, |(_, score)| score * self.boost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_found_in_their_order_with_their_scores() {
        let mut scorer = FoundScorer { documents: [(1, 0.5), (4, 2.0), (9, 1.0)].into(), at: 0, boost: 2.0 };
        assert_eq!((scorer.doc(), scorer.score()), (1, 1.0));
        assert_eq!((scorer.seek(2), scorer.score()), (4, 4.0));
        assert_eq!(scorer.seek(4), 4);
        assert_eq!(scorer.advance(), 9);
        assert_eq!((scorer.advance(), scorer.advance(), scorer.score()), (TERMINATED, TERMINATED, 0.0));
    }
}
