//! `/_search` and `/{index}/_search`.

use quidditch_index::TRACE_TARGET;
use tracing::debug_span;

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::search_call::SearchCall;

/// Searches indices, or a point in time.
pub(crate) async fn search(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let deadline = call.deadline;
    let scroll = call.parameters.take("scroll")?;
    let has_index = call.names.get("index").is_some();
    let search = SearchCall::parse(service, call.indices(), &call.body, call.parameters)?;
    if has_index && search.request.point_in_time().is_some() {
        return Err(ApiError::validation("[indices] cannot be used with point in time"));
    }
    let (response, profile) = match scroll {
        Some(keep_alive) => search.run_scroll(service, &keep_alive, deadline).await?,
        None => search.run(service, deadline).await?,
    };
    let answer = debug_span!(target: TRACE_TARGET, "response").in_scope(|| Answer::json(&response));
    Ok(Answer { profiles: Vec::from_iter(profile), ..answer })
}
