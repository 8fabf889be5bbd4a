//! What the hits of a response are planned with.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_index::{Mapping, Snapshot};

use crate::clause::Clause;
use crate::functions::{Shared, StoredScripts};
use crate::limits::Limits;
use crate::nested::NestedScope;
use crate::plan::Planner;

/// What the plan of fetching hits is made with.
pub(crate) struct FetchContext<'i, 'c> {
    pub(crate) snapshot: &'i Snapshot,
    pub(crate) planner: &'c Planner<'c>,
    /// The query of the request, whose matches are highlighted.
    pub(crate) query: Option<&'c dyn Clause>,
    /// What the query finds, which may be other documents than those that are fetched.
    pub(crate) query_scope: NestedScope,
    /// What scripts and columns are counted in.
    pub(crate) shared: &'c Shared,
    pub(crate) clock: &'c Arc<dyn Clock>,
    pub(crate) limits: &'c Limits,
    /// The stored scripts that script fields name, by their ids.
    pub(crate) stored_scripts: &'c StoredScripts,
}

impl<'i> FetchContext<'i, '_> {
    /// The same for another query, of the scope that is planned for.
    pub(crate) fn with_query<'d>(&'d self, query: &'d dyn Clause) -> FetchContext<'i, 'd> {
        FetchContext { query: Some(query), query_scope: self.planner.scope.get(), ..*self }
    }

    pub(super) fn mapping(&self) -> &'i Mapping {
        self.snapshot.mapping()
    }
}
