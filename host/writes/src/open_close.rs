//! `POST /{index}/_open` and `POST /{index}/_close`.

use quidditch_index::Cost;
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, IfEmpty, IndicesOptions};
use serde_json::json;

use crate::parameters::{take_active_shards, take_change_parameters};

/// Opens indices: all are open.
pub(crate) async fn open_index(service: &Service, call: Call) -> Result<Answer, ApiError> {
    check(service, call).await?;
    Ok(Answer::json(&json!({ "acknowledged": true, "shards_acknowledged": true })))
}

/// Refuses to close indices.
pub(crate) async fn close_index(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let path = call.path.clone();
    check(service, call).await?;
    let reason = format!(
        "request [{path}] is not supported: an index takes no memory while nobody uses it, so that there is nothing to close; \
         to keep requests away from it, remove its aliases"
    );
    Err(ApiError::Argument(reason))
}

async fn check(service: &Service, mut call: Call) -> Result<(), ApiError> {
    let expression = call.indices();
    let default = IndicesOptions { if_empty: IfEmpty::Fail, ..IndicesOptions::DEFAULT };
    let options = IndicesOptions::take(&mut call.parameters, default)?;
    take_change_parameters(&mut call.parameters)?;
    take_active_shards(&mut call.parameters)?;
    call.finish()?;
    service.targets(&expression, &options, &Cost::default()).await?;
    Ok(())
}
