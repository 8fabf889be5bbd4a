//! Documents with a phrase, scored by BM25.

use std::fmt;

use quidditch_index::{Field, FieldStatistics, Snapshot};
use tantivy::query::{BoostWeight, EnableScoring, PhraseQuery, Query, Weight};
use tantivy::{Score, Term};

use super::bm25::{AverageLength, idf};
use super::statistics::Statistics;

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
        ScoredPhrase { query, statistics: Statistics::of(snapshot, field), boost }
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
