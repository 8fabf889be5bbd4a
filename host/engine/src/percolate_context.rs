//! What the searches of a `percolate` query are made with.

use std::sync::Arc;

use quidditch_function::FunctionResolver;
use quidditch_index::Cost;

use crate::allowance::Allowance;
use crate::lookups::LookedUp;
use crate::search_target::SearchTarget;

/// What the searches of a `percolate` query have in common with the request that it is a part of.
pub(crate) struct PercolateContext<'a> {
    pub(crate) target: SearchTarget<'a>,
    pub(crate) functions: &'a dyn FunctionResolver,
    pub(crate) allowance: &'a Allowance,
    pub(crate) cost: &'a Arc<Cost>,
    /// The documents that queries name.
    pub(crate) documents: &'a LookedUp,
}
