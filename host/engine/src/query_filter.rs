//! The filter of an alias.

use serde_json::Value as Json;

use crate::Error;
use crate::clause::Clause;
use crate::limits::Limits;
use crate::plan::{Planned, Planner, restrict};
use crate::scores::{Scores, Scoring};
use crate::search_request::parse_apart;

/// A query that all searches of an index are restricted to: the filter of an alias. It calls no functions.
pub struct QueryFilter(Box<dyn Clause>);

impl QueryFilter {
    /// Parses a query.
    ///
    /// # Errors
    /// [`Error::Parsing`] without a position in a text, [`Error::Query`], and [`Error::Argument`] if it calls functions.
    pub fn parse(query: &Json, limits: &Limits) -> Result<Self, Error> {
        parse_apart(query, "the filter of an alias", limits).map(QueryFilter)
    }

    pub(crate) fn clause(&self) -> &dyn Clause {
        &*self.0
    }
}

/// What a clause was planned as, restricted to documents, without nested objects, and to those that the filter of the index keeps.
pub(crate) fn filtered(
    planned: Planned,
    filter: Option<&dyn Clause>,
    planner: &Planner<'_>,
    scores: Scores,
) -> Result<Planned, Error> {
    let planned = planned.in_scope(planner, scores)?;
    match filter {
        Some(filter) => restrict(planned, filter.plan(planner, Scoring::FILTER)?, planner, scores),
        None => Ok(planned),
    }
}
