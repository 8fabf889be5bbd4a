//! A query that a document has: parsed to be run over other documents.

use quidditch_function::NativeFunctions;
use quidditch_index::Snapshot;
use serde_json::{Map, Value as Json, json};

use crate::Error;
use crate::engine::Engine;
use crate::json::ErrorKind;
use crate::limits::Limits;
use crate::plan::Mappings;
use crate::search_request::SearchRequest;
use crate::search_target::SearchTarget;

impl Engine {
    /// Checks a query that a document of an index is to have. It must fit the mapping, have only fields of it, and name no documents and
    /// no published functions. Nothing of the index is read, so that this is ready without waiting.
    ///
    /// # Errors
    /// What is wrong with the query.
    pub async fn check_stored_query(&self, snapshot: &Snapshot, query: &Map<String, Json>) -> Result<(), Error> {
        let request = parse_stored_query(query, None, self.limits())?;
        let (target, functions) = (SearchTarget::whole(snapshot), NativeFunctions::new());
        let allowance = self.allowance(&request);
        let mappings = Mappings::default();
        let resolved =
            self.resolve_target(&target, mappings, &request, &functions, &allowance, &Default::default()).await?;
        resolved.dry_run()?;
        match resolved.unmapped.first() {
            None => Ok(()),
            Some(name) => {
                let reason = format!("No field mapping can be found for the field with name [{name}]");
                Err(Error::Shard { kind: ErrorKind::Query, reason })
            }
        }
    }
}

/// A request for all matches of a stored query, of which `highlight` says what is shown.
///
/// # Errors
/// As [`SearchRequest::parse`], without positions.
pub(crate) fn parse_stored_query(
    query: &Map<String, Json>,
    highlight: Option<&Json>,
    limits: &Limits,
) -> Result<SearchRequest, Error> {
    let mut body = json!({ "query": query, "_source": false, "track_total_hits": false });
    if let Some(highlight) = highlight {
        body["highlight"] = highlight.clone();
    }
    let request = SearchRequest::parse(&body.to_string(), &[], limits).map_err(|error| match error {
        Error::Parsing { kind, cause, reason, .. } => Error::Parsing { kind, cause, reason, position: None },
        error => error,
    })?;
    if !request.percolations.is_empty() {
        return Err(Error::Argument("a query that is stored cannot have a [percolate] query".to_owned()));
    }
    if !request.lookups.is_empty() {
        return Err(Error::Argument(
            "a query that is stored cannot use the values of documents that it names".to_owned(),
        ));
    }
    Ok(request)
}
