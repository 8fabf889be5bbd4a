//! The documents that contain matching nested objects.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::doc_bits::DocBits;
use super::scope::{ScopeDocuments, block};
use crate::scores::explain_match;

/// How the scores of the matching objects of a document become its score: `score_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChildScores {
    Average,
    Max,
    Min,
    Sum,
    /// All documents score 0.
    None,
}

/// The documents of a scope that contain documents which match a query. This query must match only documents of one scope inside of
/// it.
#[derive(Debug)]
pub(crate) struct ParentJoin {
    children: Box<dyn Query>,
    parents: ScopeDocuments,
    scores: ChildScores,
}

impl ParentJoin {
    pub(crate) fn new(children: Box<dyn Query>, parents: ScopeDocuments, scores: ChildScores) -> Self {
        ParentJoin { children, parents, scores }
    }
}

impl Clone for ParentJoin {
    fn clone(&self) -> Self {
        ParentJoin { children: self.children.box_clone(), parents: self.parents.clone(), scores: self.scores }
    }
}

impl Query for ParentJoin {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let scores = if scoring.is_scoring_enabled() { self.scores } else { ChildScores::None };
        let children = match (scores, scoring) {
            (ChildScores::None, EnableScoring::Enabled { searcher, .. }) => {
                self.children.weight(EnableScoring::disabled_from_searcher(searcher))?
            }
            _ => self.children.weight(scoring)?,
        };
        Ok(Box::new(JoinWeight { children, parents: self.parents.clone(), scores }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.children.query_terms(visitor);
    }
}

struct JoinWeight {
    children: Box<dyn Weight>,
    parents: ScopeDocuments,
    scores: ChildScores,
}

impl Weight for JoinWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = JoinScorer {
            children: self.children.scorer(segment, boost)?,
            parents: self.parents.of(segment)?,
            scores: self.scores,
            doc: TERMINATED,
            score: 0.0,
        };
        scorer.next_parent();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "score of nested objects")
    }
}

/// The children are always behind those of the current parent.
struct JoinScorer {
    children: Box<dyn Scorer>,
    parents: Arc<DocBits>,
    scores: ChildScores,
    doc: DocId,
    score: Score,
}

impl JoinScorer {
    /// Goes on to the parent of the current child, over all children of that.
    fn next_parent(&mut self) -> DocId {
        let child = self.children.doc();
        self.doc = match child {
            TERMINATED => TERMINATED,
            child => self.parents.at_or_after(child).unwrap_or(TERMINATED),
        };
        let mut scores = Combined::default();
        while self.children.doc() < self.doc {
            if self.scores != ChildScores::None {
                scores.add(self.children.score());
            }
            self.children.advance();
        }
        self.score = scores.as_one(self.scores);
        self.doc
    }
}

impl DocSet for JoinScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.next_parent()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        let first = match self.parents.at_or_after(target) {
            Some(parent) => block(&self.parents, parent).start,
            None => {
                self.doc = TERMINATED;
                return TERMINATED;
            }
        };
        if self.children.doc() < first {
            self.children.seek(first);
        }
        self.next_parent()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.children.size_hint().min(self.parents.len())
    }

    fn cost(&self) -> u64 {
        self.children.cost()
    }
}

impl Scorer for JoinScorer {
    fn score(&mut self) -> Score {
        self.score
    }
}

/// The scores of the children of one parent.
#[derive(Default)]
struct Combined {
    count: u32,
    sum: f64,
    min: Score,
    max: Score,
}

impl Combined {
    fn add(&mut self, score: Score) {
        let is_first = self.count == 0;
        self.count += 1;
        self.sum += f64::from(score);
        self.min = if is_first { score } else { self.min.min(score) };
        self.max = if is_first { score } else { self.max.max(score) };
    }

    fn as_one(&self, scores: ChildScores) -> Score {
        match scores {
            ChildScores::None => 0.0,
            _ if self.count == 0 => 0.0,
            ChildScores::Average => (self.sum / f64::from(self.count)) as Score,
            ChildScores::Max => self.max,
            ChildScores::Min => self.min,
            ChildScores::Sum => self.sum as Score,
        }
    }
}
