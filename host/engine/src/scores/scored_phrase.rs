//! Documents with a phrase, scored by BM25.

use std::fmt;

use quidditch_index::{Field, FieldStatistics, Snapshot};
use tantivy::query::{BoostWeight, EnableScoring, PhraseQuery, Query, Weight};
use tantivy::{DocId, Score, Searcher, SegmentReader, Term};

use super::bm25::{AverageLength, K1, idf, similarity_boost};
use super::explain::{Bm25, field_name, term_text};
use super::statistics::Statistics;
use crate::explanation::Explanation;

/// Documents with terms at certain positions to each other. They score as if the phrase were one term, whose rarity is the sum
/// of those of its terms.
#[derive(Clone)]
pub(crate) struct ScoredPhrase {
    query: PhraseQuery,
    statistics: Statistics,
    boost: Score,
}

impl ScoredPhrase {
    /// At least two terms of this field with their positions.
    pub(crate) fn new(snapshot: &Snapshot, field: &Field, terms: Vec<(usize, Term)>, boost: Score) -> Self {
        let query = PhraseQuery::new_with_offset(terms);
        let boost = similarity_boost(snapshot, boost);
        ScoredPhrase { query, statistics: Statistics::new(snapshot, field), boost }
    }
}

impl ScoredPhrase {
    /// Explains the score of a document.
    pub(crate) fn explain(
        &self,
        searcher: &Searcher,
        segment: &SegmentReader,
        doc: DocId,
    ) -> tantivy::Result<Explanation> {
        let weight = self.weight(EnableScoring::enabled_from_searcher(searcher))?;
        let mut scorer = weight.scorer(segment, 1.0)?;
        if scorer.doc() < doc {
            scorer.seek(doc);
        }
        let terms = self.query.phrase_terms();
        let Some(first) = terms.first().filter(|_| scorer.doc() == doc) else {
            return Ok(Explanation::no_match("no matching phrase", Vec::new()));
        };
        let mut frequencies = Vec::with_capacity(terms.len());
        for term in &terms {
            frequencies.push((term.clone(), searcher.doc_freq(term)?));
        }
        let statistics = self.statistics.read(searcher)?;
        let length = f64::from(segment.get_fieldnorms_reader(first.field())?.fieldnorm(doc));
        let frequency = self.frequency(f64::from(scorer.score()), &frequencies, statistics, length);
        let words: Vec<String> = terms.iter().map(term_text).collect();
        let explained = Bm25 {
            what: format!("{}:\"{}\"", field_name(first, searcher), words.join(" ")),
            boost: self.boost,
            terms: &frequencies,
            statistics,
            frequency,
            frequency_text: format!("phraseFreq={frequency:?}"),
            length,
            doc,
        };
        Ok(explained.explain())
    }

    /// How often a text has the phrase, as its score shows: tantivy does not tell.
    fn frequency(&self, score: f64, terms: &[(Term, u64)], statistics: FieldStatistics, length: f64) -> f64 {
        let idf_of = |(_, matching): &(Term, u64)| idf(*matching, statistics.documents.max(*matching).max(1));
        let most = f64::from(self.boost) * (K1 + 1.0) * terms.iter().map(idf_of).sum::<f64>();
        let tf = score / most;
        (Bm25::norm(statistics, length) * tf / (1.0 - tf)).round()
    }
}

impl fmt::Debug for ScoredPhrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ScoredPhrase({:?})", self.query.phrase_terms())
    }
}

impl Query for ScoredPhrase {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else {
            return self.query.weight(scoring);
        };
        let FieldStatistics { documents, terms } = self.statistics.read(searcher)?;
        let phrase_terms = self.query.phrase_terms();
        let mut sum_of_idfs = 0.0;
        for term in &phrase_terms {
            let matching = statistics_provider.doc_freq(term)?;
            sum_of_idfs += idf(matching, documents.max(matching).max(1));
        }
        let given = AverageLength(terms as f64 / documents.max(1) as f64);
        let weight = self.query.weight(EnableScoring::enabled_from_statistics_provider(&given, searcher))?;
        let boost = f64::from(self.boost) * sum_of_idfs / (AverageLength::IDF * phrase_terms.len() as f64);
        Ok(Box::new(BoostWeight::new(weight, boost as Score)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
        if let Some(term) = self.statistics.term() {
            visitor(term, false);
        }
    }
}
