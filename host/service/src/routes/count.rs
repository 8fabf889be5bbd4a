//! `/{index}/_count`.

use std::sync::Arc;

use quidditch_engine::{CountResponse, SearchRequest, Shards};
use quidditch_index::Cost;

use crate::Service;
use crate::accepted_parameters::{take_count_parameters, take_index_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Counts the documents of an index that match.
pub(crate) async fn count(service: &Service, index: &str, call: Call) -> Result<Answer, ApiError> {
    let Call { path, mut parameters, body, deadline } = call;
    let if_missing = take_index_parameters(&mut parameters)?;
    take_count_parameters(&mut parameters)?;
    parameters.finish(&path)?;

    let to_api_error = |error| ApiError::search(index, error);
    let request = SearchRequest::parse_count(&body, service.engine.limits()).map_err(to_api_error)?;
    let request = request.with_max_timeout(service.left(deadline));
    let cost = Arc::new(Cost::default());
    let response = match service.snapshot(index, if_missing, &cost).await? {
        Some(snapshot) => {
            let functions = service.functions.as_ref();
            let found = service.engine.count(&snapshot, &request, functions, &cost).await;
            found.map_err(|error| ApiError::failed_search(index, error))?
        }
        None => CountResponse { count: 0, shards: Shards::NONE },
    };
    Ok(Answer::json(&response))
}
