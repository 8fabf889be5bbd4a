//! Documents with one of several terms that mean the same, scored by BM25.

use std::fmt;
use std::sync::Arc;

use quidditch_index::{Field, FieldStatistics, Snapshot};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field as TantivyField, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::bm25::idf;
use super::length_norms::{LengthNorms, lengths};
use super::statistics::Statistics;

/// Documents with one of several terms. They score as if the terms were one: it is as rare as the most frequent one of them, and a text
/// has it as often as all of them together.
#[derive(Clone)]
pub(crate) struct ScoredSynonyms {
    field: TantivyField,
    terms: Arc<[Term]>,
    statistics: Statistics,
    boost: Score,
}

impl ScoredSynonyms {
    /// Terms of this field.
    pub(crate) fn new(snapshot: &Snapshot, field: &Field, mut terms: Vec<Term>, boost: Score) -> Self {
        terms.sort_unstable();
        terms.dedup();
        let statistics = Statistics::of(snapshot, field);
        ScoredSynonyms { field: field.tantivy_field(), terms: terms.into(), statistics, boost }
    }
}

impl fmt::Debug for ScoredSynonyms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ScoredSynonyms({:?})", self.terms)
    }
}

impl Query for ScoredSynonyms {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let (field, terms) = (self.field, Arc::clone(&self.terms));
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else {
            return Ok(Box::new(SynonymsWeight { field, terms, scores: None }));
        };
        let mut matching = 0;
        for term in self.terms.iter() {
            matching = matching.max(statistics_provider.doc_freq(term)?);
        }
        let FieldStatistics { documents, terms: tokens } = self.statistics.read(searcher)?;
        let documents = documents.max(matching).max(1);
        let boosted_idf = (f64::from(self.boost) * idf(matching, documents)) as Score;
        let scores = SynonymScores { boosted_idf, norms: LengthNorms::new(tokens as f64 / documents as f64) };
        Ok(Box::new(SynonymsWeight { field, terms, scores: Some(Arc::new(scores)) }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.terms.iter().for_each(|term| visitor(term, false));
        if let Some(term) = self.statistics.term() {
            visitor(term, false);
        }
    }
}

struct SynonymScores {
    boosted_idf: Score,
    norms: LengthNorms,
}

struct SynonymsWeight {
    field: TantivyField,
    terms: Arc<[Term]>,
    /// `None` if scores are not used.
    scores: Option<Arc<SynonymScores>>,
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
        let scores = match &self.scores {
            Some(scores) => Some((Arc::clone(scores), lengths(segment, self.field)?)),
            None => None,
        };
        let mut scorer = SynonymsScorer { postings, scores, boost, doc: 0 };
        scorer.doc = scorer.first();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        let at = if scorer.doc() < doc { scorer.seek(doc) } else { scorer.doc() };
        if at != doc || at == TERMINATED {
            return Err(TantivyError::InvalidArgument(format!("document #({doc}) does not match")));
        }
        Ok(Explanation::new("how often the synonyms occur", scorer.score()))
    }
}

struct SynonymsScorer {
    postings: Vec<SegmentPostings>,
    scores: Option<(Arc<SynonymScores>, FieldNormReader)>,
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
        let Some((scores, lengths)) = &self.scores else { return self.boost };
        let here = self.postings.iter().filter(|postings| postings.doc() == self.doc);
        let frequency: u32 = here.map(Postings::term_freq).sum();
        self.boost * scores.boosted_idf * scores.norms.factor(lengths, self.doc, frequency as Score)
    }
}
