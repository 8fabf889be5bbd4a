//! `/{index}/_search`.

use std::sync::Arc;

use quidditch_engine::{HitDocument, Hits, Profile, SearchRequest, SearchResponse, Shards, Total};
use quidditch_index::Cost;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::errors::ApiError;
use crate::parameters::Parameters;

/// Searches an index.
pub(crate) async fn search(service: &Service, index: &str, call: Call) -> Result<Answer, ApiError> {
    let Call { mut parameters, body, .. } = call;
    let may_be_missing = parameters.take_flag("ignore_unavailable")?;
    // Adds types to the names of aggregations: no answer has any.
    parameters.take_flag("typed_keys")?;
    let total_is_number = parameters.take_flag("rest_total_hits_as_int")?;
    let must_count_all = total_is_number && !says_how_to_count(&parameters, &body)?;
    let mut parameters = parameters.into_rest();
    if must_count_all {
        parameters.push(("track_total_hits".to_owned(), "true".to_owned()));
    }

    let failed = |error| ApiError::search(index, error);
    let request = SearchRequest::parse(&body, &parameters, service.engine.limits()).map_err(failed)?;
    let shows_profile = request.wants_profile();
    // The front door measures every search.
    let request = request.with_profile();
    let cost = Arc::new(Cost::default());
    let answered = async {
        match service.snapshot(index, may_be_missing, &cost).await? {
            Some(snapshot) => {
                let functions = service.functions.as_ref();
                service.engine.search(&snapshot, &request, functions, &cost).await.map_err(failed)
            }
            None => Ok(nothing_searched()),
        }
    };
    let mut response = service.within(request.time_limit(service.engine.limits()), answered).await?;
    let profile = response.profile.take();
    if shows_profile {
        response.profile.clone_from(&profile);
    }
    let answer = if total_is_number { Answer::json(&NumberTotal::from(&response)) } else { Answer::json(&response) };
    Ok(Answer { profile, ..answer })
}

/// Whether a request that wants its total as a plain number says itself how to count. It may do so exactly or not at all.
fn says_how_to_count(parameters: &Parameters, body: &str) -> Result<bool, ApiError> {
    #[derive(Deserialize)]
    struct Said {
        track_total_hits: Option<Json>,
    }
    let in_url = parameters.get("track_total_hits").map(|text| serde_json::from_str(text).unwrap_or(Json::Null));
    // Whoever parses the request says what is wrong with it.
    let in_body = || serde_json::from_str::<Said>(body).ok().and_then(|said| said.track_total_hits);
    match in_url.or_else(in_body) {
        Some(Json::Number(limit)) => Err(ApiError::Argument(format!(
            "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got [{limit}]"
        ))),
        said => Ok(said.is_some()),
    }
}

/// The answer where an index is missing and may be.
fn nothing_searched() -> SearchResponse {
    SearchResponse {
        took: 0,
        timed_out: false,
        shards: Shards { total: 0, successful: 0, skipped: 0, failed: 0 },
        hits: Hits { total: Some(Total { value: 0, relation: "eq" }), max_score: Some(0.0), hits: Vec::new() },
        profile: None,
    }
}

/// An answer whose total is a plain number, as clients of long ago expect it.
#[derive(Serialize)]
struct NumberTotal<'a> {
    took: u64,
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Shards,
    hits: NumberTotalHits<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a Profile>,
}

#[derive(Serialize)]
struct NumberTotalHits<'a> {
    /// -1 where the request does not track it.
    total: i64,
    max_score: Option<f32>,
    hits: &'a [HitDocument],
}

impl<'a> From<&'a SearchResponse> for NumberTotal<'a> {
    fn from(response: &'a SearchResponse) -> Self {
        let SearchResponse { took, timed_out, shards, hits, profile } = response;
        let total = hits.total.map_or(-1, |total| i64::try_from(total.value).unwrap_or(i64::MAX));
        let hits = NumberTotalHits { total, max_score: hits.max_score, hits: &hits.hits };
        NumberTotal { took: *took, timed_out: *timed_out, shards: *shards, hits, profile: profile.as_ref() }
    }
}
