//! The trait of a clause.

use crate::Error;
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scoring;

/// A parsed clause.
pub(crate) trait Clause: Send + Sync {
    /// Plans it for one index. Its scores include the boosts of the enclosing clauses. Scores that are
    /// [`Scores::Ignored`](crate::scores::Scores::Ignored) need not be right, nor be computed.
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error>;

    /// Whether it is evident that it matches all documents. A function with such a filter is one without a filter.
    fn is_match_all(&self) -> bool {
        false
    }

    /// Whether a split may have matches, as far as the manifest can tell. Splits that have none are not read.
    fn may_match(&self, _pruner: &Pruner<'_>) -> bool {
        true
    }
}
