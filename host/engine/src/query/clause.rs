//! The trait of a clause.

use crate::Error;
use crate::plan::{Planned, Planner, Pruner};
use crate::scores::Scores;

/// A parsed clause.
pub(crate) trait Clause: Send + Sync {
    /// Plans it for one index. Scores that are [`Scores::Ignored`] need not be right, nor be computed.
    fn plan(&self, planner: &Planner<'_>, scores: Scores) -> Result<Planned, Error>;

    /// Whether a split may have matches, as far as the manifest can tell. Splits that have none are not read.
    fn may_match(&self, _pruner: &Pruner<'_>) -> bool {
        true
    }
}
