//! `/_msearch` and `/{index}/_msearch`: several searches in one request.

use futures::stream::{self, StreamExt};
use quidditch_engine::{Profile, SearchRequest, SearchResponse};
use quidditch_index::TRACE_TARGET;
use tracing::debug_span;

use crate::Service;
use crate::accepted_parameters::take_msearch_parameters;
use crate::answer::{Answer, Content};
use crate::call::Call;
use crate::deadline::Deadline;
use crate::error::ApiError;
use crate::indices::Expression;
use crate::ndjson::line_pairs;
use crate::search_call::{AnswerStyle, SearchCall};
use crate::search_header::SearchHeader;

/// Most searches of one request.
const MAX_SEARCHES: usize = 1_000;

/// How many searches wait for storage at a time, at most.
const AT_A_TIME: usize = 8;

/// Answers several searches. One that fails has an error in place of an answer; one that cannot be read makes the whole request
/// fail.
pub(crate) async fn msearch(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let of_path = call.indices();
    let Call { path, mut parameters, body, deadline, .. } = call;
    let style = AnswerStyle::take(&mut parameters)?;
    let at_a_time = take_msearch_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    // One step for all of them: there may be many.
    let searches = debug_span!(target: TRACE_TARGET, "parse").in_scope(|| {
        let mut searches = Vec::new();
        for (header, body) in checked_pairs(&body, "msearch")? {
            searches.push(Ok(parse(service, header, body, &of_path, style)?));
        }
        Ok::<_, ApiError>(searches)
    })?;
    answer_all(service, searches, at_a_time, deadline).await
}

/// The searches of a body.
pub(super) fn checked_pairs<'a>(body: &'a str, what: &str) -> Result<Vec<(&'a str, &'a str)>, ApiError> {
    let pairs = line_pairs(body, what)?;
    if pairs.len() > MAX_SEARCHES {
        let reason = format!("the {what} request has {} searches: at most {MAX_SEARCHES} are allowed", pairs.len());
        return Err(ApiError::Argument(reason));
    }
    Ok(pairs)
}

/// One of the searches.
pub(super) fn parse(
    service: &Service,
    header: &str,
    body: &str,
    of_path: &Expression,
    style: AnswerStyle,
) -> Result<SearchCall, ApiError> {
    let SearchHeader { expression, options, partial_results } = SearchHeader::parse(header, of_path)?;
    if body.trim().is_empty() {
        let reason = "a header must be followed by a line with its search, which is empty".to_owned();
        return Err(ApiError::Mistake { kind: "parsing_exception", reason });
    }
    let request = SearchRequest::parse(body, &[], service.engine.limits());
    let request = request.and_then(|request| style.apply(request));
    let request = request.map_err(|error| ApiError::search(expression.text(), error))?;
    Ok(SearchCall { expression, options, request, partial_results, style })
}

/// Runs the searches, and makes the answer of their answers.
pub(super) async fn answer_all(
    service: &Service,
    searches: Vec<Result<SearchCall, ApiError>>,
    at_a_time: Option<usize>,
    deadline: Deadline,
) -> Result<Answer, ApiError> {
    let start = service.clock.monotonic();
    let max_bytes = service.engine.limits().max_hits_bytes;
    let answers: Vec<_> = searches.into_iter().map(|search| answer(service, search, deadline)).collect();
    let mut answers = stream::iter(answers).buffered(at_a_time.unwrap_or(AT_A_TIME).min(AT_A_TIME));
    let (mut responses, mut profiles) = (String::new(), Vec::new());
    while let Some((answer, profile)) = answers.next().await {
        profiles.extend(profile);
        if !responses.is_empty() {
            responses.push(',');
        }
        responses.push_str(&answer);
        if responses.len() as u64 > max_bytes {
            return Err(ApiError::search("_msearch", quidditch_engine::Error::HitsTooLarge { max_bytes }));
        }
    }
    let took = service.clock.monotonic().saturating_sub(start).as_millis();
    let json = format!(r#"{{"took":{took},"responses":[{responses}]}}"#);
    Ok(Answer { content: Content::Json(json), profiles, ..Answer::text(String::new()) })
}

/// The JSON of one answer, which contains its status, and what the search cost.
async fn answer(
    service: &Service,
    search: Result<SearchCall, ApiError>,
    deadline: Deadline,
) -> (String, Option<Profile>) {
    let answered = async { search?.run(service, deadline).await };
    match answered.await {
        Ok((response, profile)) => (answer_json(&response), profile),
        Err(error) => (error.into_json().to_string(), None),
    }
}

/// A response with its status.
pub(super) fn answer_json(response: &SearchResponse) -> String {
    let json = serde_json::to_string(response).expect("a response serialises without errors");
    let open = json.strip_suffix('}').expect("a response is an object");
    format!(r#"{open},"status":200}}"#)
}
