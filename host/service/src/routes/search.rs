//! `/_search` and `/{index}/_search`.

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::search_call::SearchCall;

/// Searches indices.
pub(crate) async fn search(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let deadline = call.deadline;
    let search = SearchCall::parse(service, call.indices(), &call.body, call.parameters)?;
    let (response, profile) = search.run(service, deadline).await?;
    Ok(Answer { profile, ..Answer::json(&response) })
}
