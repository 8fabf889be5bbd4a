//! How clauses are scored.

mod average_lengths;
mod blended_frequencies;
mod bm25;
mod constant_query;
mod explain;
mod explain_match;
mod found_documents;
mod joint_scores;
mod length_norms;
mod loose_phrase;
mod phrase_word;
mod positions;
mod scored_phrase;
mod scored_synonyms;
mod scored_term;
mod sloppy_matches;
mod statistics;

use quidditch_index::{Field, FieldStatistics, Snapshot};
use tantivy::query::EnableScoring;
use tantivy::{Score, Searcher, Term};

pub(crate) use average_lengths::AverageLengths;
pub(crate) use blended_frequencies::blended_frequencies;
pub(crate) use constant_query::ConstantQuery;
pub(crate) use explain_match::explain_match;
pub(crate) use found_documents::FoundDocuments;
pub(crate) use loose_phrase::LoosePhrase;
pub(crate) use phrase_word::PhraseWord;
pub(crate) use positions::{Intervals, PositionQuery, Relation, Shape, Spans, TooManyAlternatives};
pub(crate) use scored_phrase::ScoredPhrase;
pub(crate) use scored_synonyms::ScoredSynonyms;
pub(crate) use scored_term::ScoredTerm;

use crate::Error;

/// The term that the statistics of a field are read from, unless the manifest has them.
pub(crate) fn statistics_term(snapshot: &Snapshot, field: &Field) -> Option<Term> {
    statistics::Statistics::new(snapshot, field).term().cloned()
}

/// The statistics of a field over all splits.
pub(crate) fn field_statistics(
    snapshot: &Snapshot,
    field: &Field,
    searcher: &Searcher,
) -> tantivy::Result<FieldStatistics> {
    statistics::Statistics::new(snapshot, field).read(searcher)
}

/// Whether the scores of a clause are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scores {
    Ignored,
    Needed,
}

impl Scores {
    /// The same in tantivy's words.
    pub(crate) fn enabled(self, searcher: &Searcher) -> EnableScoring<'_> {
        match self {
            Scores::Needed => EnableScoring::enabled_from_searcher(searcher),
            Scores::Ignored => EnableScoring::disabled_from_searcher(searcher),
        }
    }
}

/// What a clause is planned with: whether its scores are used, and the boosts of the clauses around it.
///
/// A clause multiplies its scores by all of these boosts itself, as a function must be given boosted scores, unless it is planned with
/// [`Scoring::apart`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scoring {
    pub(crate) scores: Scores,
    /// The product of the boosts of all enclosing clauses; `None` if boosts have no effect.
    boost: Option<Score>,
}

impl Scoring {
    /// In a filter, neither scores nor boosts have an effect, except below functions inside it.
    pub(crate) const FILTER: Self = Scoring { scores: Scores::Ignored, boost: None };

    /// Without enclosing boosts.
    pub(crate) fn new(scores: Scores) -> Self {
        Scoring { scores, boost: Some(1.0) }
    }

    /// Inside a clause with this boost.
    ///
    /// # Errors
    /// [`Error::Argument`] if the product of the boosts is more than a score can be.
    pub(crate) fn boosted(self, boost: Score) -> Result<Self, Error> {
        let product = self.boost.map(|outer| outer * boost);
        if product.is_some_and(|product| !product.is_finite()) {
            let outer = self.boost();
            return Err(Error::Argument(format!(
                "boost must be finite, but a [boost] of [{boost}] inside boosts of [{outer}] is more than a score can be"
            )));
        }
        Ok(Scoring { boost: product, ..self })
    }

    /// For a clause whose scores the clause around it multiplies by all boosts, as functions inside of it must be given scores
    /// without them.
    pub(crate) fn apart(self) -> Self {
        Scoring { boost: self.boost.map(|_| 1.0), ..self }
    }

    /// For a query whose scores functions or a `min_score` look at: there boosts have an effect even inside a filter.
    pub(crate) fn below_functions(self, scores: Scores) -> Self {
        Scoring { scores, boost: Some(self.boost()) }
    }

    /// The product of all boosts.
    pub(crate) fn boost(self) -> Score {
        self.boost.unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boosts_multiply_up_to_the_largest_float() {
        let scoring = Scoring::new(Scores::Needed).boosted(2.0).expect("finite").boosted(3.0).expect("finite");
        assert_eq!(scoring.boost(), 6.0);
        assert_eq!(Scoring::new(Scores::Needed).boosted(f32::MAX).expect("finite").boost(), f32::MAX);
        let outer = Scoring::new(Scores::Needed).boosted(1e30).expect("finite");
        insta::assert_snapshot!(outer.boosted(1e30).expect_err("infinite"), @"boost must be finite, but a [boost] of [1000000000000000000000000000000] inside boosts of [1000000000000000000000000000000] is more than a score can be");
        let filter = Scoring::FILTER.boosted(1e30).expect("ignored").boosted(1e30).expect("ignored");
        assert_eq!(filter.boost(), 1.0);
        assert_eq!(filter.below_functions(Scores::Needed).boosted(3.0).expect("finite").boost(), 3.0);
    }
}
