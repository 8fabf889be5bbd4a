//! The filter of an alias.

use serde_json::Value as Json;

use crate::Error;
use crate::limits::Limits;
use crate::query::Clause;
use crate::request::parse_filter;

/// A query that all searches of an index are restricted to: the filter of an alias. It calls no functions.
pub struct QueryFilter(Box<dyn Clause>);

impl QueryFilter {
    /// Parses a query.
    ///
    /// # Errors
    /// [`Error::Parsing`] without a position in a text, [`Error::Query`], and [`Error::Argument`] if it calls functions.
    pub fn parse(query: &Json, limits: &Limits) -> Result<Self, Error> {
        parse_filter(query, limits).map(QueryFilter)
    }

    pub(crate) fn clause(&self) -> &dyn Clause {
        &*self.0
    }
}
