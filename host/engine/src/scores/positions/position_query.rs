//! Documents that have intervals or spans.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use quidditch_index::{Field, Snapshot};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::super::explain_match::explain_match;
use super::super::joint_scores::{JointScores, JointScoring, SegmentScores};
use super::cursor::Place;
use super::documents::{Documents, Leaves};
use super::intervals::Intervals;
use super::spans::Spans;

/// What documents have.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// The shorter the intervals, and the more of them, the higher the score: from 0 to 1.
    Intervals(Intervals),
    /// They score as if the spans were one term, whose rarity is the sum of those of all terms, and which occurs less than once where
    /// words are apart.
    Spans(Spans),
}

/// Documents that have intervals or spans.
#[derive(Clone)]
pub(crate) struct PositionQuery {
    plan: Arc<Plan>,
    scoring: PositionScoring,
}

/// How many and how long places are scored.
#[derive(Clone)]
enum PositionScoring {
    /// Grows from 0 to the boost.
    Saturation {
        boost: Score,
    },
    Bm25(JointScoring),
}

struct Plan {
    shape: Shape,
    /// The terms of each leaf.
    leaves: Vec<Vec<Term>>,
    documents: Documents,
    /// What the rarity of spans is computed from.
    scored_terms: Vec<Term>,
}

impl PositionQuery {
    /// Intervals or spans of a field.
    pub(crate) fn new(snapshot: &Snapshot, field: &Field, mut shape: Shape, boost: Score) -> Self {
        let (mut leaves, mut scored_terms) = (Vec::new(), BTreeSet::new());
        let documents = match &mut shape {
            Shape::Intervals(intervals) => {
                intervals.number(&mut leaves);
                intervals.documents()
            }
            Shape::Spans(spans) => {
                spans.number(&mut leaves);
                spans.scored_terms(&mut scored_terms);
                spans.documents()
            }
        };
        let scoring = match shape {
            Shape::Intervals(_) => PositionScoring::Saturation { boost },
            Shape::Spans(_) => PositionScoring::Bm25(JointScoring::new(snapshot, field, boost)),
        };
        let scored_terms = scored_terms.into_iter().collect();
        PositionQuery { plan: Arc::new(Plan { shape, leaves, documents, scored_terms }), scoring }
    }
}

impl fmt::Debug for PositionQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PositionQuery").finish_non_exhaustive()
    }
}

impl Query for PositionQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let scores = match &self.scoring {
            PositionScoring::Bm25(joint) => joint.of_all(self.plan.scored_terms.iter(), scoring)?.map(Scores::Bm25),
            PositionScoring::Saturation { boost } => {
                scoring.is_scoring_enabled().then_some(Scores::Saturation { boost: *boost })
            }
        };
        Ok(Box::new(PositionWeight { plan: Arc::clone(&self.plan), scores }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.plan.leaves.iter().flatten().for_each(|term| visitor(term, true));
        if let PositionScoring::Bm25(joint) = &self.scoring
            && let Some(term) = joint.statistics_term()
        {
            visitor(term, false);
        }
    }
}

struct PositionWeight {
    plan: Arc<Plan>,
    /// `None` if scores are not used.
    scores: Option<Scores<Arc<JointScores>>>,
}

/// The scores of an index, or of a segment.
enum Scores<B> {
    Saturation { boost: Score },
    Bm25(B),
}

impl Weight for PositionWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut leaves = Leaves::open(segment, &self.plan.leaves)?;
        if self.plan.documents.seek(&mut leaves, 0) == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        let scores = match &self.scores {
            None => None,
            Some(Scores::Saturation { boost }) => Some(Scores::Saturation { boost: *boost }),
            Some(Scores::Bm25(scores)) => Some(Scores::Bm25(scores.of_segment(segment)?)),
        };
        let plan = Arc::clone(&self.plan);
        let mut scorer = PositionScorer { plan, leaves, scores, boost, doc: 0, places: Vec::new() };
        scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "how often and how near to each other the words are")
    }
}

struct PositionScorer {
    plan: Arc<Plan>,
    leaves: Leaves,
    scores: Option<Scores<SegmentScores>>,
    boost: Score,
    doc: DocId,
    /// In the current document.
    places: Vec<Place>,
}

impl PositionScorer {
    /// Goes to the first match at `target` or after it.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            target = self.plan.documents.seek(&mut self.leaves, target);
            self.doc = target;
            if target == TERMINATED {
                return TERMINATED;
            }
            self.places = match &self.plan.shape {
                Shape::Intervals(intervals) => intervals.places(&mut self.leaves, target),
                Shape::Spans(spans) => spans.places(&mut self.leaves, target),
            };
            if !self.places.is_empty() {
                return target;
            }
            target += 1;
        }
    }

    /// How often the places occur, of which long ones count less.
    fn frequency(&self) -> Score {
        match &self.plan.shape {
            Shape::Intervals(intervals) => {
                let least = intervals.least_width();
                let excess =
                    |place: &Place| (place.end - place.start + 1).saturating_sub(least).saturating_add(1).max(1);
                self.places.iter().map(|place| 1.0 / excess(place) as Score).sum()
            }
            Shape::Spans(_) => self.places.iter().map(|place| 1.0 / (1.0 + place.width as Score)).sum(),
        }
    }
}

impl DocSet for PositionScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.find(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc { self.doc } else { self.find(target) }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.leaves.size_hint()
    }

    fn cost(&self) -> u64 {
        self.leaves.cost()
    }
}

impl Scorer for PositionScorer {
    fn score(&mut self) -> Score {
        let frequency = self.frequency();
        let score = match &self.scores {
            Some(Scores::Saturation { boost }) => boost * frequency / (frequency + 1.0),
            Some(Scores::Bm25(scores)) => scores.score(self.doc, frequency),
            None => 1.0,
        };
        self.boost * score
    }
}
