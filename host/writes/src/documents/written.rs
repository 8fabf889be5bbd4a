//! What a client is told of a document that was written.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use quidditch_engine::SourceFilter;
use quidditch_index::PRIMARY_TERM;
use quidditch_indexing::{Effect, WriteResult, Written};
use quidditch_service::writing::{Answer, ApiError};
use serde::Serialize;
use serde_json::value::RawValue;

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
    let document = WrittenDocument::new(index, id, &written, refresh, source)?;
    let mut answer = Answer::json_with(status, &document);
    if status == StatusCode::CREATED {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        // Letters that are common in names are not encoded.
        let encoded = |text: &str| encoded(text).replace("%2D", "-").replace("%5F", "_").replace("%2E", ".");
        let location = format!("/{}/_doc/{}", encoded(index), encoded(&document.id));
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

/// What a client is told of a document.
#[derive(Debug, Serialize)]
pub(super) struct WrittenDocument {
    #[serde(rename = "_index")]
    index: String,
    #[serde(rename = "_id")]
    id: String,
    /// -1 if there is no document.
    #[serde(rename = "_version")]
    version: i64,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    forced_refresh: Option<bool>,
    #[serde(rename = "_shards")]
    shards: Shards,
    #[serde(flatten)]
    position: Option<Position>,
    /// The document after an update, if the request wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    get: Option<Get>,
}

/// There is one shard, without replicas.
#[derive(Debug, Serialize)]
struct Shards {
    total: u32,
    successful: u32,
    failed: u32,
}

/// Where a write is in the order of writes.
#[derive(Debug, Clone, Copy, Serialize)]
struct Position {
    #[serde(rename = "_seq_no")]
    seq_no: u64,
    #[serde(rename = "_primary_term")]
    primary_term: u64,
}

#[derive(Debug, Serialize)]
struct Get {
    #[serde(flatten)]
    position: Option<Position>,
    found: bool,
    #[serde(rename = "_source", skip_serializing_if = "Option::is_none")]
    source: Option<Box<RawValue>>,
}

impl WrittenDocument {
    /// What is said of a document of an index. `source` says which part of it is shown after an update.
    pub(super) fn new(
        index: &str,
        id: String,
        written: &Written,
        refresh: Refresh,
        source: Option<&SourceFilter>,
    ) -> Result<Self, ApiError> {
        let Written { effect, revision, source: text } = written;
        let is_absent = *effect == Effect::Noop && revision.version == 0;
        let shards = u32::from(*effect != Effect::Noop);
        let position = (!is_absent).then_some(Position { seq_no: revision.seq_no, primary_term: PRIMARY_TERM });
        let get = match (source, text) {
            (Some(_), _) if is_absent => Some(Get { position, found: false, source: None }),
            (Some(_), _) if *effect == Effect::Deleted => Some(Get { position, found: true, source: None }),
            (Some(filter), Some(text)) => {
                let text = String::from_utf8_lossy(text).into_owned();
                let shown = filter.apply(text).map_err(|error| ApiError::invalid_json("the document", &error))?;
                Some(Get { position, found: true, source: shown })
            }
            (Some(_), None) | (None, _) => None,
        };
        Ok(WrittenDocument {
            index: index.to_owned(),
            id,
            version: if is_absent { -1 } else { i64::try_from(revision.version).unwrap_or(i64::MAX) },
            result: match effect {
                Effect::Created => "created",
                Effect::Updated => "updated",
                Effect::Deleted => "deleted",
                Effect::NotFound => "not_found",
                Effect::Noop => "noop",
            },
            forced_refresh: (refresh == Refresh::Forced && *effect != Effect::Noop).then_some(true),
            shards: Shards { total: shards, successful: shards, failed: 0 },
            position,
            get,
        })
    }
}
