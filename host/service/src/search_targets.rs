//! Searches indices: one, several, or none.

use std::sync::Arc;

use quidditch_engine::{SearchRequest, SearchResponse, SearchTarget, Searched};
use quidditch_index::Cost;

use crate::Service;
use crate::error::ApiError;

/// Searches indices, which are in the order of their names.
pub(crate) async fn search_targets(
    service: &Service,
    targets: &[SearchTarget<'_>],
    request: &SearchRequest,
    cost: &Arc<Cost>,
) -> Result<Searched<SearchResponse>, ApiError> {
    let functions = service.functions.as_ref();
    match targets {
        [] => Ok(Searched { response: SearchResponse::empty_for(request), failures: Vec::new() }),
        [only] => {
            let found = service.engine.search_target(only, request, functions, cost).await;
            let response = found.map_err(|error| ApiError::failed_search(only.snapshot.name(), error))?;
            Ok(Searched { response, failures: Vec::new() })
        }
        targets => {
            let found = service.engine.search_indices(targets, request, functions, cost).await;
            found.map_err(ApiError::failed_indices)
        }
    }
}
