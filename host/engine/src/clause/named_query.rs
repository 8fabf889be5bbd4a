//! Queries with a name, by which the response says which of them a hit matches: `_name`.

use std::sync::Arc;

use super::Clause;
use super::matched_terms::MatchedTerms;
use super::span_part::SpanPart;
use super::text_matches::TextMatches;
use crate::Error;
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scoring;

/// A query with a name.
pub(crate) struct NamedQuery {
    pub(crate) name: String,
    pub(crate) clause: Arc<dyn Clause>,
}

impl Clause for Arc<dyn Clause> {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        (**self).plan(planner, scoring)
    }

    fn is_match_all(&self) -> bool {
        (**self).is_match_all()
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        (**self).may_match(pruner)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        (**self).text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        (**self).explain(explainer, scoring)
    }

    fn span_boost(&self) -> Option<f32> {
        (**self).span_boost()
    }

    fn span(&self, planner: &Planner<'_>) -> Result<SpanPart, Error> {
        (**self).span(planner)
    }

    fn term_pattern(&self, planner: &Planner<'_>) -> Result<Option<MatchedTerms>, Error> {
        (**self).term_pattern(planner)
    }

    fn description(&self) -> String {
        (**self).description()
    }
}
