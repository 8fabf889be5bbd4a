//! One of the indices that a request searches.

use quidditch_index::Snapshot;

use crate::collect::HitPosition;
use crate::query_filter::QueryFilter;

/// One of the indices that a request searches.
#[derive(Clone, Copy)]
pub struct SearchTarget<'a> {
    /// The index.
    pub snapshot: &'a Snapshot,
    /// Only documents that match it are searched.
    pub filter: Option<&'a QueryFilter>,
    /// The last of its hits on the pages before; `None` if they have none of it.
    pub behind: Option<&'a HitPosition>,
}

impl<'a> SearchTarget<'a> {
    /// All documents of an index.
    pub fn whole(snapshot: &'a Snapshot) -> Self {
        SearchTarget { snapshot, filter: None, behind: None }
    }
}
