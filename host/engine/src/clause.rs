//! What every clause of a query can do: the trait [`Clause`], and what its functions return.

mod matched_terms;
mod named_query;
mod nested_query;
mod span_part;
mod text_matches;

use crate::Error;
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scoring;

pub(crate) use matched_terms::MatchedTerms;
pub(crate) use named_query::NamedQuery;
pub(crate) use nested_query::NestedQuery;
pub(crate) use span_part::SpanPart;
pub(crate) use text_matches::{FieldMatch, PhraseMatch, TermTest, TextMatch, TextMatches, WordOrder};

/// A parsed clause.
pub(crate) trait Clause: Send + Sync {
    /// Plans it for one index. Its scores include the boosts of the enclosing clauses. Scores that are
    /// [`Scores::Ignored`](crate::scores::Scores::Ignored) need not be right, nor be computed.
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error>;

    /// Whether it is evident that it matches all documents. A function with such a filter is one without a filter.
    fn is_match_all(&self) -> bool {
        false
    }

    /// Adds what it matches in the texts of fields, for highlighting. A clause without an implementation highlights nothing.
    fn text_matches(&self, _planner: &Planner<'_>, _matches: &mut TextMatches) -> Result<(), Error> {
        Ok(())
    }

    /// Explains how its score for one document comes about; `scoring` is that of [`Clause::plan`]. A clause that contains clauses
    /// explains them.
    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        explainer.planned(&|planner| self.plan(planner, scoring), &self.description(), scoring)
    }

    /// Its boost, if it is a span query.
    fn span_boost(&self) -> Option<f32> {
        None
    }

    /// What it is as a part of a span query.
    ///
    /// # Errors
    /// [`Error::Query`], also if it is not a span query.
    fn span(&self, _planner: &Planner<'_>) -> Result<SpanPart, Error> {
        Err(Error::Query("the query is not a span query".to_owned()))
    }

    /// The terms that match it, if it is a pattern of terms; `None` if the index does not have the field.
    ///
    /// # Errors
    /// [`Error::Query`], also if it is not a pattern.
    fn term_pattern(&self, _planner: &Planner<'_>) -> Result<Option<MatchedTerms>, Error> {
        Err(Error::Query("the query is not a pattern of terms".to_owned()))
    }

    /// A short text for it in explanations, such as `field:term`.
    fn description(&self) -> String {
        "the query".to_owned()
    }

    /// Whether a split may have matches, as far as the manifest can tell. Splits that have none are not read.
    fn may_match(&self, _pruner: &Pruner<'_>) -> bool {
        true
    }
}
