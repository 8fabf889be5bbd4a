//! The clause of a query that is written as a text.

use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

/// A query that is written as a text.
pub(super) trait StringQuery: Send + Sync {
    /// The clauses that it stands for in an index.
    fn build(&self, planner: &Planner<'_>) -> Result<Box<dyn Clause>, Error>;
}

/// A query that is written as a text, with its boost.
pub(super) struct StringClause<Q> {
    pub(super) query: Q,
    pub(super) boost: f32,
}

impl<Q: StringQuery> Clause for StringClause<Q> {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        self.query.build(planner)?.plan(planner, scoring.boosted(self.boost)?)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.query.build(planner)?.text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        self.query.build(&explainer.planner())?.explain(explainer, scoring.boosted(self.boost)?)
    }
}
