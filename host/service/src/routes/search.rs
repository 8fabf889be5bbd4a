//! `/{index}/_search`.

use std::sync::Arc;

use quidditch_engine::{SearchRequest, SearchResponse};
use quidditch_index::Cost;

use crate::Service;
use crate::accepted_parameters::{take_index_parameters, take_search_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Searches an index.
pub(crate) async fn search(service: &Service, index: &str, call: Call) -> Result<Answer, ApiError> {
    let Call { mut parameters, body, deadline, .. } = call;
    let if_missing = take_index_parameters(&mut parameters)?;
    take_search_parameters(&mut parameters)?;
    let has_typed_keys = parameters.take_flag("typed_keys")?;
    let total_is_number = parameters.take_flag("rest_total_hits_as_int")?;

    let to_api_error = |error| ApiError::search(index, error);
    let mut request =
        SearchRequest::parse(&body, &parameters.into_rest()?, service.engine.limits()).map_err(to_api_error)?;
    if has_typed_keys {
        request = request.with_typed_keys();
    }
    if total_is_number {
        request = request.with_number_total().map_err(to_api_error)?;
    }
    let shows_profile = request.wants_profile();
    // Hosts publish metrics of every search.
    let request = request.with_profile().with_max_timeout(service.left(deadline));
    let cost = Arc::new(Cost::default());
    let answered = async {
        match service.snapshot(index, if_missing, &cost).await? {
            Some(snapshot) => {
                let functions = service.functions.as_ref();
                let found = service.engine.search(&snapshot, &request, functions, &cost).await;
                found.map_err(|error| ApiError::failed_search(index, error))
            }
            None => Ok(SearchResponse::empty()),
        }
    };
    let mut response = service.within(request.time_limit(service.engine.limits()), answered).await?;
    let profile = response.profile.take();
    if shows_profile {
        response.profile.clone_from(&profile);
    }
    if total_is_number {
        response = response.with_number_total();
    }
    Ok(Answer { profile, ..Answer::json(&response) })
}
