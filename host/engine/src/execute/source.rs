//! Where the matches of a query come from.

use tantivy::query::{AllQuery, Query};

use crate::scores::ConstantQuery;
use crate::stages::StagedQuery;

/// Where the matches of a query come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'q> {
    /// All documents match.
    All,
    /// Documents go through stages.
    Staged(&'q StagedQuery),
    /// tantivy finds them, such as in posting lists.
    Index,
}

impl<'q> Source<'q> {
    pub(super) fn of(query: &'q dyn Query) -> Self {
        if let Some(constant) = query.downcast_ref::<ConstantQuery>() {
            Source::of(constant.matches())
        } else if query.is::<AllQuery>() {
            Source::All
        } else {
            query.downcast_ref().map_or(Source::Index, Source::Staged)
        }
    }

    /// Whether every document is looked at, so that any range of documents can be searched on its own.
    pub(super) fn scans(self) -> bool {
        match self {
            Source::All => true,
            Source::Staged(query) => query.scans(),
            Source::Index => false,
        }
    }
}
