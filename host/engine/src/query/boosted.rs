//! A clause whose scores are multiplied.

use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scoring;

/// A clause whose scores are multiplied by `boost`.
pub(super) struct Boosted {
    pub(super) clause: Box<dyn Clause>,
    pub(super) boost: f32,
}

impl Clause for Boosted {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        self.clause.plan(planner, scoring.boosted(self.boost)?)
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        self.clause.may_match(pruner)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.clause.text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        self.clause.explain(explainer, scoring.boosted(self.boost)?)
    }

    fn description(&self) -> String {
        self.clause.description()
    }
}
