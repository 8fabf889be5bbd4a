//! Documents that have intervals or spans.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use quidditch_index::{Field, FieldStatistics, Snapshot};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field as TantivyField;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::super::bm25::idf;
use super::super::length_norms::{LengthNorms, lengths};
use super::super::statistics::Statistics;
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
    /// Those of the field that spans are scored in; `None` for intervals.
    statistics: Option<Statistics>,
    boost: Score,
}

struct Plan {
    shape: Shape,
    /// The terms of each leaf.
    leaves: Vec<Vec<Term>>,
    documents: Documents,
    /// What the rarity of spans is computed from.
    scored_terms: Vec<Term>,
    field: TantivyField,
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
        let statistics = match shape {
            Shape::Intervals(_) => None,
            Shape::Spans(_) => Some(Statistics::of(snapshot, field)),
        };
        let (scored_terms, field) = (scored_terms.into_iter().collect(), field.tantivy_field());
        PositionQuery { plan: Arc::new(Plan { shape, leaves, documents, scored_terms, field }), statistics, boost }
    }
}

impl fmt::Debug for PositionQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PositionQuery({:?})", self.plan.shape)
    }
}

impl Query for PositionQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let plan = Arc::clone(&self.plan);
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else {
            return Ok(Box::new(PositionWeight { plan, scores: None }));
        };
        let Some(statistics) = &self.statistics else {
            return Ok(Box::new(PositionWeight { plan, scores: Some(Scores::Saturation { boost: self.boost }) }));
        };
        let FieldStatistics { documents, terms } = statistics.read(searcher)?;
        let mut sum_of_idfs = 0.0;
        for term in &plan.scored_terms {
            let matching = statistics_provider.doc_freq(term)?;
            if matching > 0 {
                sum_of_idfs += idf(matching, documents.max(matching));
            }
        }
        let norms = LengthNorms::new(terms as f64 / documents.max(1) as f64);
        let boosted_idf = (f64::from(self.boost) * sum_of_idfs) as Score;
        Ok(Box::new(PositionWeight { plan, scores: Some(Scores::Bm25 { boosted_idf, norms: Arc::new(norms) }) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.plan.leaves.iter().flatten().for_each(|term| visitor(term, true));
        if let Some(term) = self.statistics.as_ref().and_then(Statistics::term) {
            visitor(term, false);
        }
    }
}

/// How many and how long places are scored.
#[derive(Clone)]
enum Scores {
    /// Grows from 0 to the boost.
    Saturation {
        boost: Score,
    },
    Bm25 {
        boosted_idf: Score,
        norms: Arc<LengthNorms>,
    },
}

struct PositionWeight {
    plan: Arc<Plan>,
    /// `None` if scores are not used.
    scores: Option<Scores>,
}

impl Weight for PositionWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut leaves = Leaves::open(segment, &self.plan.leaves)?;
        if self.plan.documents.seek(&mut leaves, 0) == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        let lengths = match &self.scores {
            Some(Scores::Bm25 { .. }) => Some(lengths(segment, self.plan.field)?),
            _ => None,
        };
        let (plan, scores) = (Arc::clone(&self.plan), self.scores.clone());
        let mut scorer = PositionScorer { plan, leaves, scores, lengths, boost, doc: 0, places: Vec::new() };
        scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        let at = if scorer.doc() < doc { scorer.seek(doc) } else { scorer.doc() };
        if at != doc || at == TERMINATED {
            return Err(TantivyError::InvalidArgument(format!("document #({doc}) does not match")));
        }
        Ok(Explanation::new("how often and how near to each other the words are", scorer.score()))
    }
}

struct PositionScorer {
    plan: Arc<Plan>,
    leaves: Leaves,
    scores: Option<Scores>,
    lengths: Option<FieldNormReader>,
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
        let score = match (&self.scores, &self.lengths) {
            (Some(Scores::Saturation { boost }), _) => boost * frequency / (frequency + 1.0),
            (Some(Scores::Bm25 { boosted_idf, norms }), Some(lengths)) => {
                boosted_idf * norms.factor(lengths, self.doc, frequency)
            }
            _ => 1.0,
        };
        self.boost * score
    }
}
