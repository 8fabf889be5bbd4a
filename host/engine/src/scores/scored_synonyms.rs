//! Documents with one of several terms that mean the same, scored by BM25.

use std::fmt;
use std::sync::Arc;

use quidditch_index::{Field, Snapshot};
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::explain_match::explain_match;
use super::joint_scores::{JointScores, JointScoring, SegmentScores};

/// Documents with one of several terms. They score as if the terms were one: it is as rare as the most frequent one of them, and a text
/// has it as often as all of them together.
#[derive(Clone)]
pub(crate) struct ScoredSynonyms {
    terms: Arc<[Term]>,
    scoring: JointScoring,
}

impl ScoredSynonyms {
    /// Terms of this field.
    pub(crate) fn new(snapshot: &Snapshot, field: &Field, mut terms: Vec<Term>, boost: Score) -> Self {
        terms.sort_unstable();
        terms.dedup();
        ScoredSynonyms { terms: terms.into(), scoring: JointScoring::new(snapshot, field, boost) }
    }
}

impl fmt::Debug for ScoredSynonyms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ScoredSynonyms({:?})", self.terms)
    }
}

impl Query for ScoredSynonyms {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let scores = self.scoring.of_any(self.terms.iter(), scoring)?;
        Ok(Box::new(SynonymsWeight { terms: Arc::clone(&self.terms), scores }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, false));
        if let Some(term) = self.scoring.statistics_term() {
            visitor(term, false);
        }
    }
}

struct SynonymsWeight {
    terms: Arc<[Term]>,
    /// `None` if scores are not used.
    scores: Option<Arc<JointScores>>,
}

impl Weight for SynonymsWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut postings = Vec::with_capacity(self.terms.len());
        for term in self.terms.iter() {
            let option = if self.scores.is_some() { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
            postings.extend(segment.inverted_index(term.field())?.read_postings(term, option)?);
        }
        if postings.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        let scores = self.scores.as_ref().map(|scores| scores.of_segment(segment)).transpose()?;
        let mut scorer = SynonymsScorer { postings, scores, boost, doc: 0 };
        scorer.doc = scorer.first();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "how often the synonyms occur")
    }
}

struct SynonymsScorer {
    postings: Vec<SegmentPostings>,
    scores: Option<SegmentScores>,
    boost: Score,
    doc: DocId,
}

impl SynonymsScorer {
    fn first(&self) -> DocId {
        self.postings.iter().map(DocSet::doc).min().unwrap_or(TERMINATED)
    }
}

impl DocSet for SynonymsScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.seek(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for postings in &mut self.postings {
            if postings.doc() < target {
                postings.seek(target);
            }
        }
        self.doc = self.first();
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.postings.iter().map(DocSet::size_hint).fold(0, u32::saturating_add)
    }
}

impl Scorer for SynonymsScorer {
    fn score(&mut self) -> Score {
        let Some(scores) = &self.scores else { return self.boost };
        let here = self.postings.iter().filter(|postings| postings.doc() == self.doc);
        let frequency: u32 = here.map(Postings::term_freq).sum();
        self.boost * scores.score(self.doc, frequency as Score)
    }
}
