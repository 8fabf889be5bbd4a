//! What a client is told of a document that was written.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quidditch_engine::SourceFilter;
use quidditch_index::PRIMARY_TERM;
use quidditch_indexing::{Effect, WriteResult, Written};
use quidditch_service::writing::{Answer, ApiError};
use serde_json::{Map, Value as Json, json};

use super::failure::refused;
use super::parameters::Refresh;

/// The only result of a request of one operation.
///
/// # Errors
/// Why the operation was refused.
pub(super) fn answer(
    index: &str,
    result: WriteResult,
    refresh: Refresh,
    source: Option<&SourceFilter>,
) -> Result<Answer, ApiError> {
    let WriteResult { id, outcome } = result;
    let written = outcome.map_err(|error| refused(index, &id, error))?;
    let status = status(written.effect);
    let mut answer = Answer::json_with(status, &written_json(index, &id, &written, refresh, source)?);
    if status == StatusCode::CREATED {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        // Letters that are common in names are not encoded.
        let encoded = |text: &str| encoded(text).replace("%2D", "-").replace("%5F", "_").replace("%2E", ".");
        let location = format!("/{}/_doc/{}", encoded(index), encoded(&id));
        answer.headers.insert(LOCATION, HeaderValue::try_from(location).expect("encoded text is ASCII"));
    }
    Ok(answer)
}

/// The status of an operation.
pub(super) fn status(effect: Effect) -> StatusCode {
    match effect {
        Effect::Created => StatusCode::CREATED,
        Effect::NotFound => StatusCode::NOT_FOUND,
        Effect::Updated | Effect::Deleted | Effect::Noop => StatusCode::OK,
    }
}

/// What is said of a document. `source` says which part of it is shown after an update.
pub(super) fn written_json(
    index: &str,
    id: &str,
    written: &Written,
    refresh: Refresh,
    source: Option<&SourceFilter>,
) -> Result<Map<String, Json>, ApiError> {
    let result = match written.effect {
        Effect::Created => "created",
        Effect::Updated => "updated",
        Effect::Deleted => "deleted",
        Effect::NotFound => "not_found",
        Effect::Noop => "noop",
    };
    let shards = u32::from(written.effect != Effect::Noop);
    let seq_no = written.revision.seq_no;
    let mut json = Map::new();
    json.insert("_index".to_owned(), index.into());
    json.insert("_id".to_owned(), id.into());
    let is_absent = written.effect == Effect::Noop && written.revision.version == 0;
    json.insert("_version".to_owned(), if is_absent { (-1).into() } else { written.revision.version.into() });
    json.insert("result".to_owned(), result.into());
    if refresh == Refresh::Forced && written.effect != Effect::Noop {
        json.insert("forced_refresh".to_owned(), true.into());
    }
    json.insert("_shards".to_owned(), json!({ "total": shards, "successful": shards, "failed": 0 }));
    if is_absent {
        if source.is_some() {
            json.insert("get".to_owned(), json!({ "found": false }));
        }
        return Ok(json);
    }
    json.insert("_seq_no".to_owned(), seq_no.into());
    json.insert("_primary_term".to_owned(), PRIMARY_TERM.into());
    if let (Some(_), Effect::Deleted) = (source, written.effect) {
        let get = json!({ "_seq_no": seq_no, "_primary_term": PRIMARY_TERM, "found": true });
        json.insert("get".to_owned(), get);
    }
    if let (Some(filter), Some(text)) = (source, &written.source) {
        let text = String::from_utf8_lossy(text).into_owned();
        let shown = filter.apply(text).map_err(|error| ApiError::invalid_json("the document", &error))?;
        let mut get = Map::new();
        get.insert("_seq_no".to_owned(), seq_no.into());
        get.insert("_primary_term".to_owned(), PRIMARY_TERM.into());
        get.insert("found".to_owned(), true.into());
        if let Some(shown) = shown {
            let shown =
                serde_json::from_str(shown.get()).map_err(|error| ApiError::invalid_json("the document", &error))?;
            get.insert("_source".to_owned(), shown);
        }
        json.insert("get".to_owned(), get.into());
    }
    Ok(json)
}
