//! Planning: from parsed clauses to one tantivy query with stages.

mod conjunction;
mod expansion;
mod into_query;
mod mappings;
mod percolated;
mod planned;
mod planner;
mod pruner;
mod unmapped_fields;

pub(crate) use conjunction::{Conjunction, restrict};
pub(crate) use expansion::Expansion;
pub(crate) use mappings::{Mappings, ValueClass};
pub(crate) use percolated::{Percolated, PercolatedMatch, ShownMatch};
pub(crate) use planned::Planned;
pub(crate) use planner::{Planner, UnmappedField};
pub(crate) use pruner::Pruner;
pub(crate) use unmapped_fields::UnmappedFields;
