//! A clause whose scores are multiplied.

use super::clause::Clause;
use crate::Error;
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
}
