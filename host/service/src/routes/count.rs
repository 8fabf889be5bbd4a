//! `/_count` and `/{index}/_count`.

use std::sync::Arc;

use quidditch_engine::{CountResponse, SearchRequest, Shards};
use quidditch_index::Cost;

use crate::Service;
use crate::accepted_parameters::take_count_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::{ApiError, failure_json};
use crate::indices::IndicesOptions;
use crate::query_mistake::as_parsing;
use crate::targets::Target;
use crate::url_query::take_url_query;

/// Counts the documents of indices that match.
pub(crate) async fn count(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let Call { path, mut parameters, body, deadline, .. } = call;
    let body = take_url_query(&mut parameters, &body)?;
    let options = IndicesOptions::take(&mut parameters, IndicesOptions::DEFAULT)?;
    take_count_parameters(&mut parameters)?;
    parameters.finish(&path)?;

    let request = SearchRequest::parse_count(&body, service.engine.limits());
    let request = request.map_err(|error| ApiError::search(expression.text(), as_parsing(error)))?;
    let request = request.with_max_timeout(service.left(deadline));
    let cost = Arc::new(Cost::default());
    let targets = service.targets(&expression, &options, &cost).await?;
    if targets.is_empty() {
        return Ok(Answer::json(&CountResponse { count: 0, shards: Shards::NONE, function_failures: Vec::new() }));
    }
    let searched: Vec<_> = targets.iter().map(Target::searched).collect();
    let counted = service.engine.count_indices(&searched, &request, service.functions.as_ref(), &cost).await;
    let mut counted = counted.map_err(ApiError::failed_indices)?;
    counted.response.shards.failures = counted.failures.iter().map(failure_json).collect();
    Ok(Answer::json(&counted.response))
}
