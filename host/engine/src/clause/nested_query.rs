//! Nested objects that match a query.

use std::sync::Arc;

use tantivy::query::Query;

use super::Clause;
use crate::Error;
use crate::nested::NestedScope;
use crate::plan::{Planner, UnmappedField};
use crate::scores::Scoring;

/// The objects of a path that match a query.
pub(crate) struct NestedQuery {
    pub(crate) path: String,
    pub(crate) query: Arc<dyn Clause>,
    pub(crate) unmapped: UnmappedField,
}

impl NestedQuery {
    /// The scope of its objects; `None` if there are none, and that is accepted.
    pub(crate) fn scope(&self, planner: &Planner<'_>) -> Result<Option<NestedScope>, Error> {
        let mapping = planner.mapping();
        if self.unmapped == UnmappedField::MatchesNothing && !mapping.has_object(&self.path) {
            return Ok(None);
        }
        let scope = planner.nested_scope(&self.path)?;
        let around = planner.scope.get();
        if scope.is_inside(around, mapping) {
            return Ok(Some(scope));
        }
        let outer = around.path(mapping).unwrap_or_default();
        Err(Error::Query(format!(
            "[nested] the path [{}] of a query inside of one with the path [{outer}] must be inside of that path",
            self.path
        )))
    }

    /// Plans the query, which matches its objects only. Their scope must be that of the planner.
    pub(crate) fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Box<dyn Query>, Error> {
        let planned = self.query.plan(planner, scoring)?;
        planned.in_scope(planner, scoring.scores)?.into_query(planner, scoring.scores)
    }
}
