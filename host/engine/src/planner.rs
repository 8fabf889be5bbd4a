//! What clauses are planned with: the index, the bound functions, and the running search.

use std::sync::Arc;

use quidditch_index::{Field, Mapping, Snapshot};
use tantivy::Searcher;

use crate::Error;
use crate::bound::{BoundFilter, BoundScorer};
use crate::execute::Progress;

/// Everything that a clause may look at while it is planned.
pub(crate) struct Planner<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// The functions that the request calls, in the order in which they were parsed.
    pub(crate) calls: &'a [BoundCall],
    /// What `now` means in dates: milliseconds since the Unix epoch.
    pub(crate) now_millis: i64,
    pub(crate) progress: &'a Arc<Progress>,
}

/// A function call of the request, bound.
pub(crate) enum BoundCall {
    Filter(Arc<BoundFilter>),
    Scorer(Arc<BoundScorer>),
}

impl Planner<'_> {
    pub(crate) fn searcher(&self) -> &Searcher {
        self.snapshot.searcher()
    }

    pub(crate) fn mapping(&self) -> &Mapping {
        self.snapshot.mapping()
    }

    pub(crate) fn progress(&self) -> &Arc<Progress> {
        self.progress
    }

    /// A field of the mapping. Clients rely on that a field which no document has yet matches nothing and is no error.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.mapping().field(name)
    }

    /// The function of a call that was parsed as a filter.
    pub(crate) fn filter(&self, call: usize) -> &Arc<BoundFilter> {
        match &self.calls[call] {
            BoundCall::Filter(filter) => filter,
            BoundCall::Scorer(_) => unreachable!("a call is bound as it was parsed"),
        }
    }

    /// The function of a call that was parsed as a scorer.
    pub(crate) fn scorer(&self, call: usize) -> &Arc<BoundScorer> {
        match &self.calls[call] {
            BoundCall::Scorer(scorer) => scorer,
            BoundCall::Filter(_) => unreachable!("a call is bound as it was parsed"),
        }
    }

    pub(crate) fn value_error(error: &quidditch_index::ValueError) -> Error {
        Error::Query(error.to_string())
    }
}
