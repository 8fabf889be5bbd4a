//! Searches indices: one, several, or none.

use std::sync::Arc;

use quidditch_engine::{SearchRequest, SearchResponse, SearchTarget, Searched, Total};
use quidditch_index::{Cost, TRACE_TARGET};
use tracing::Span;
use tracing::field::Empty;

use crate::Service;
use crate::error::ApiError;

/// Searches indices, which are in the order of their names.
#[tracing::instrument(
    target = TRACE_TARGET,
    level = "debug",
    name = "search",
    skip_all,
    fields(quidditch.indices = names(targets), quidditch.hits = Empty, quidditch.timed_out = Empty)
)]
pub(crate) async fn search_targets(
    service: &Service,
    targets: &[SearchTarget<'_>],
    request: &SearchRequest,
    cost: &Arc<Cost>,
) -> Result<Searched<SearchResponse>, ApiError> {
    let functions = service.functions.as_ref();
    let searched = match targets {
        [] => Searched { response: SearchResponse::empty_for(request), failures: Vec::new() },
        [only] => {
            let found = service.engine.search_target(only, request, functions, cost).await;
            let response = found.map_err(|error| ApiError::failed_search(only.snapshot.name(), error))?;
            Searched { response, failures: Vec::new() }
        }
        targets => {
            let found = service.engine.search_indices(targets, request, functions, cost).await;
            found.map_err(ApiError::failed_indices)?
        }
    };
    let span = Span::current();
    // Without a total, the request does not track it.
    if let Some(Total::Object { value, .. }) = searched.response.hits.total {
        span.record("quidditch.hits", value);
    }
    span.record("quidditch.timed_out", searched.response.timed_out);
    Ok(searched)
}

/// The names of indices, as a trace shows them.
fn names(targets: &[SearchTarget<'_>]) -> String {
    targets.iter().map(|target| target.snapshot.name()).collect::<Vec<_>>().join(",")
}
