//! One of the indices that a request searches.

use quidditch_index::Snapshot;

use crate::query_filter::QueryFilter;

/// One of the indices that a request searches.
#[derive(Clone, Copy)]
pub struct SearchTarget<'a> {
    /// The index.
    pub snapshot: &'a Snapshot,
    /// Only documents that match it are searched.
    pub filter: Option<&'a QueryFilter>,
}

impl<'a> SearchTarget<'a> {
    /// All documents of an index.
    pub fn whole(snapshot: &'a Snapshot) -> Self {
        SearchTarget { snapshot, filter: None }
    }
}
