//! `/_search/scroll`: the next page of a scroll.

use std::sync::Arc;

use quidditch_engine::{SearchRequest, SearchResponse, Searched, Shards, Total, TotalRelation};
use quidditch_index::Cost;
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::cursor::{Cursor, Scroll};
use crate::cursor_search::OpenCursor;
use crate::error::{ApiError, failure_json};
use crate::keep_alive::check_keep_alive;

/// Most ids of a request that ends scrolls or points in time. 100: each is as long as a list of splits, and is decoded.
const MAX_IDS: usize = 100;

/// Answers the next page.
pub(crate) async fn scroll(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let Call { path, names, mut parameters, body, deadline, .. } = call;
    let total_is_number = parameters.take_flag("rest_total_hits_as_int")?;
    let mut id = parameters.take("scroll_id")?.or_else(|| names.get("id").map(str::to_owned));
    let mut keep_alive = parameters.take("scroll")?;
    parameters.finish(&path)?;
    for (key, value) in read_object(&body)? {
        match (key.as_str(), value) {
            ("scroll_id", Json::String(text)) => id = Some(text),
            ("scroll", Json::String(text)) => keep_alive = Some(text),
            (key, value) => return Err(unknown(key, &value)),
        }
    }
    let Some(id) = id else { return Err(ApiError::validation("scrollId is missing")) };
    if let Some(keep_alive) = &keep_alive {
        check_keep_alive("scroll", keep_alive)?;
    }
    let (cursor, scroll) = decode(&id)?;
    let cost = Arc::new(Cost::default());
    let limits = service.engine.limits();
    let answered = async {
        let opened = OpenCursor::open(service, &cursor, &cost).await?;
        if !cursor.has_hits() {
            let response = SearchResponse { shards: Shards::all(cursor.indices.len()), ..SearchResponse::empty() };
            return Ok(Searched { response, failures: Vec::new() });
        }
        let to_api_error = |error| ApiError::search(&cursor.expression, error);
        let request = SearchRequest::parse(&scroll.request.to_string(), &[], limits).map_err(to_api_error)?;
        let request = request.into_scroll(cursor.created_millis).map_err(to_api_error)?;
        let request =
            request.into_next_page(cursor.created_millis).with_profile().with_max_timeout(service.left(deadline));
        opened.search(service, &request, &cost).await
    };
    let Searched { mut response, failures } = service.within(deadline, answered).await?;
    response.shards.failures = failures.iter().map(failure_json).collect();
    let profile = response.profile.take();
    response.hits.total = Some(Total::Object { value: scroll.total, relation: TotalRelation::Equal });
    response.hits.max_score = scroll.max_score;
    if keep_alive.is_some() {
        response.scroll_id = Some(cursor.behind_page(&response.last).encode());
    }
    if total_is_number {
        response = response.with_number_total();
    }
    Ok(Answer { profiles: Vec::from_iter(profile), ..Answer::json(&response) })
}

/// Ends scrolls. Nothing is kept for them, so there is nothing to remove.
pub(crate) fn clear_scroll(call: Call) -> Result<Answer, ApiError> {
    let Call { path, names, mut parameters, body, .. } = call;
    let id = parameters.take("scroll_id")?.or_else(|| names.get("id").map(str::to_owned));
    let mut ids = Vec::from_iter(id);
    parameters.finish(&path)?;
    for (key, value) in read_object(&body)? {
        if key != "scroll_id" {
            return Err(unknown(&key, &value));
        }
        ids = texts(&key, value)?;
    }
    let ids: Vec<&str> = ids.iter().flat_map(|ids| ids.split(',')).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(ApiError::validation("no scroll ids specified"));
    }
    check_ids("scroll_id", ids.len())?;
    for id in ids.iter().filter(|id| **id != "_all") {
        decode(id)?;
    }
    Ok(Answer::json(&json!({"succeeded": true, "num_freed": ids.len()})))
}

fn decode(id: &str) -> Result<(Cursor, Scroll), ApiError> {
    let invalid = || ApiError::Argument("Cannot parse scroll id: it is not one, or it is damaged".to_owned());
    let cursor = Cursor::decode(id).map_err(|_| invalid())?;
    let scroll = cursor.scroll.clone().ok_or_else(invalid)?;
    Ok((cursor, scroll))
}

/// The keys of a body, which may be empty.
pub(super) fn read_object(body: &str) -> Result<Map<String, Json>, ApiError> {
    if body.trim().is_empty() {
        return Ok(Map::new());
    }
    match quidditch_index::parse_json(body) {
        Ok(Json::Object(object)) => Ok(object),
        Ok(_) => Err(ApiError::Argument("the request body must be an object".to_owned())),
        Err(error) => Err(ApiError::Argument(format!("Failed to parse request body: {error}"))),
    }
}

/// Checks the number of ids of a request.
pub(super) fn check_ids(key: &str, ids: usize) -> Result<(), ApiError> {
    if ids <= MAX_IDS {
        return Ok(());
    }
    Err(ApiError::Argument(format!("[{key}] has {ids} ids: at most {MAX_IDS} are allowed in a request")))
}

/// A text or a list of texts.
pub(super) fn texts(key: &str, value: Json) -> Result<Vec<String>, ApiError> {
    let items = if let Json::Array(items) = value { items } else { vec![value] };
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Json::String(text) => texts.push(text),
            other => return Err(unknown(key, &other)),
        }
    }
    Ok(texts)
}

pub(super) fn unknown(key: &str, value: &Json) -> ApiError {
    ApiError::Argument(format!("Unknown parameter [{key}] in request body, or it has the wrong type: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_ids_is_limited() {
        assert!(check_ids("scroll_id", 100).is_ok());
        insta::assert_snapshot!(
            check_ids("scroll_id", 101).err().map(|error| error.to_string()).unwrap_or_default(),
            @"[scroll_id] has 101 ids: at most 100 are allowed in a request"
        );
    }
}
