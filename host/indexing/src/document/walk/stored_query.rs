//! The query that is the value of a `percolator`: checked, and found in the source only.

use quidditch_index::json_excerpt;
use serde_json::Value as Json;

use super::super::error::DocumentError;
use super::Walk;
use crate::query_check::InvalidQuery;

impl Walk<'_> {
    /// Checks the query of a field. Lists of queries have at most one. Returns whether there is a query.
    pub(super) fn stored_query(&mut self, index: usize, value: &Json) -> Result<bool, DocumentError> {
        if let Json::Array(items) = value {
            let mut any = false;
            for item in items {
                any |= self.stored_query(index, item)?;
            }
            return Ok(any);
        }
        let field = self.mapping.fields()[index].name();
        let refused = |reason| DocumentError::Query { field: field.to_owned(), reason };
        let Json::Object(query) = value else {
            let reason = format!("query malformed, must start with start_object, found {}", json_excerpt(value));
            return Err(refused(InvalidQuery { kind: "parsing_exception", reason }));
        };
        if self.seen[self.at].fields.contains(index) {
            let reason = "a document can only contain one percolator query".to_owned();
            return Err(refused(InvalidQuery { kind: "illegal_argument_exception", reason }));
        }
        let Some(check) = self.query_check else {
            let reason = "queries cannot be stored here, because they cannot be checked".to_owned();
            return Err(refused(InvalidQuery { kind: "illegal_argument_exception", reason }));
        };
        // A field that the document itself adds is not yet there, as clients expect it.
        check.check(self.before.as_ref().unwrap_or(self.mapping), query).map_err(refused)?;
        self.seen[self.at].fields.insert(index);
        Ok(true)
    }
}
