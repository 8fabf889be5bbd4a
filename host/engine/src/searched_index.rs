//! An index that was searched.

use quidditch_index::View;

use crate::resolved_request::{DryRun, Plan, ResolvedRequest};

/// An index that was searched.
pub(crate) struct SearchedIndex<'a, 'i> {
    pub(crate) resolved: &'a ResolvedRequest<'i>,
    pub(crate) dry_run: &'a DryRun,
    pub(crate) view: &'a View,
    pub(crate) plan: &'a Plan,
    /// The number of its first split among those of all indices.
    pub(crate) first_split: usize,
}
