//! `/_scripts/{id}`: a stored script.

use http::StatusCode;
use serde_json::json;

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Returns a stored script.
pub(crate) async fn stored_script(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let id = call.name("id");
    call.finish()?;
    let found = service
        .functions
        .script(&id)
        .await
        .map_err(|error| ApiError::search("", quidditch_engine::Error::Function(error)))?;
    Ok(match found {
        Some(script) => Answer::json(&json!({ "_id": id, "found": true, "script": script })),
        None => Answer::json_with(StatusCode::NOT_FOUND, &json!({ "_id": id, "found": false })),
    })
}
