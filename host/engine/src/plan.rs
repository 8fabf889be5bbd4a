//! Planning: from parsed clauses to one tantivy query with stages.

mod expansion;
mod planned;
mod planner;
mod pruner;

pub(crate) use expansion::Expansion;
pub(crate) use planned::Planned;
pub(crate) use planner::Planner;
pub(crate) use pruner::Pruner;
