//! `/_flush` and `/_cache/clear`: there is nothing to do. What a request has written is stored, and caches hold what never changes.

use quidditch_index::Cost;
use serde_json::json;

use crate::Service;
use crate::accepted_parameters::{take_clear_cache_parameters, take_flush_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::indices::IndicesOptions;

/// Answers that what was written is stored.
pub(crate) async fn flush(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    take_flush_parameters(&mut call.parameters)?;
    answer_shards(service, call).await
}

/// Answers that caches hold nothing that is out of date.
pub(crate) async fn clear_cache(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    take_clear_cache_parameters(&mut call.parameters)?;
    answer_shards(service, call).await
}

/// The number of indices, each of which is one shard.
async fn answer_shards(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    call.finish()?;
    let shards = service.targets(&expression, &options, &Cost::default()).await?.len();
    Ok(Answer::json(&json!({ "_shards": { "total": shards, "successful": shards, "failed": 0 } })))
}
