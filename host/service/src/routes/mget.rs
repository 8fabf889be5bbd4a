//! `/_mget` and `/{index}/_mget`: several documents by their ids.

use futures::stream::{self, StreamExt};
use quidditch_index::parse_json;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::document::{LookedUp, look_up};
use crate::Service;
use crate::accepted_parameters::take_document_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::document_source::DocumentSource;
use crate::error::ApiError;

/// Most documents of one request: as many as the hits of a search.
const MAX_DOCUMENTS: usize = 10_000;

/// How many documents are looked up at a time.
const AT_A_TIME: usize = 16;

/// A document of the request.
struct Wanted {
    index: String,
    id: String,
    source: DocumentSource,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answered {
    LookedUp(LookedUp),
    Failed {
        #[serde(rename = "_index")]
        index: String,
        #[serde(rename = "_id")]
        id: String,
        error: Json,
    },
}

/// Returns documents. One whose index does not exist has an error.
pub(crate) async fn mget(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let default_index = call.names.get("index").map(str::to_owned);
    let Call { path, mut parameters, body, .. } = call;
    let source = DocumentSource::take(&mut parameters)?;
    take_document_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    let wanted = parse(&body, default_index.as_deref(), &source)?;

    let max_bytes = service.engine.limits().max_hits_bytes;
    let lookups: Vec<_> = wanted.into_iter().map(|wanted| answer(service, wanted)).collect();
    let mut lookups = stream::iter(lookups).buffered(AT_A_TIME);
    let (mut documents, mut bytes) = (Vec::new(), 0);
    while let Some(answered) = lookups.next().await {
        let answered = answered?;
        if let Answered::LookedUp(LookedUp { source: Some(source), .. }) = &answered {
            bytes += source.get().len() as u64;
        }
        if bytes > max_bytes {
            return Err(ApiError::search(&path, quidditch_engine::Error::HitsTooLarge { max_bytes }));
        }
        documents.push(answered);
    }
    Ok(Answer::json(&json!({ "docs": documents })))
}

async fn answer(service: &Service, wanted: Wanted) -> Result<Answered, ApiError> {
    let Wanted { index, id, source } = wanted;
    match look_up(service, &index, id.clone(), &source).await {
        Ok(found) => Ok(Answered::LookedUp(found)),
        Err(error) if error.is_mistake() => {
            let error = error.into_json()["error"].take();
            Ok(Answered::Failed { index, id, error })
        }
        Err(error) => Err(error),
    }
}

/// Reads `{"docs": [{"_index": ..., "_id": ...}]}` and `{"ids": [...]}`.
fn parse(body: &str, default_index: Option<&str>, default: &DocumentSource) -> Result<Vec<Wanted>, ApiError> {
    if body.trim().is_empty() {
        return Err(ApiError::no_body());
    }
    let json = parse_json(body).map_err(|error| ApiError::body(format!("the request is not valid JSON: {error}")))?;
    let Json::Object(object) = json else { return Err(ApiError::body("the request must be an object")) };
    let mut wanted = Vec::new();
    for (key, value) in &object {
        let Json::Array(items) = value else {
            return Err(parsing(format!("[{key}] must be [docs] or [ids] with a list, found [{value}]")));
        };
        for (position, item) in items.iter().enumerate() {
            wanted.push(match (key.as_str(), item) {
                ("ids", id) => Wanted {
                    index: index_of(default_index, position)?,
                    id: scalar(id).ok_or_else(|| argument("ids array element should only contain ids"))?,
                    source: default.clone(),
                },
                ("docs", Json::Object(item)) => parse_item(item, position, default_index, default)?,
                ("docs", _) => return Err(argument("docs array element should include an object")),
                _ => return Err(parsing(format!("unknown key [{key}], expected [docs] or [ids]"))),
            });
        }
    }
    match wanted.len() {
        0 => Err(ApiError::validation("no documents to get")),
        1..=MAX_DOCUMENTS => Ok(wanted),
        count => Err(argument(format!("[{count}] documents are requested: at most {MAX_DOCUMENTS} are allowed"))),
    }
}

fn parse_item(
    item: &Map<String, Json>,
    position: usize,
    default_index: Option<&str>,
    default: &DocumentSource,
) -> Result<Wanted, ApiError> {
    let (mut index, mut id, mut source) = (None, None, None);
    for (key, value) in item {
        let text = || scalar(value).ok_or_else(|| ApiError::body(format!("[{key}] must be a text, found [{value}]")));
        match key.as_str() {
            "_index" => index = Some(text()?),
            "_id" => id = Some(text()?),
            "_source" => source = Some(DocumentSource::from_json(value)?),
            "stored_fields" => {
                let names: Vec<String> = match value {
                    Json::Array(names) => names.iter().filter_map(scalar).collect(),
                    name => scalar(name).into_iter().collect(),
                };
                let stored = DocumentSource::from_stored_fields(names.iter().map(String::as_str));
                source = source.or(Some(stored));
            }
            // There is one shard.
            "routing" => _ = text()?,
            _ => return Err(ApiError::body(format!("failed to parse multi get request. unknown field [{key}]"))),
        }
    }
    Ok(Wanted {
        index: index.map_or_else(|| index_of(default_index, position), Ok)?,
        id: id.ok_or_else(|| ApiError::validation(&format!("id is missing for doc {position}")))?,
        source: source.unwrap_or_else(|| default.clone()),
    })
}

fn index_of(default_index: Option<&str>, position: usize) -> Result<String, ApiError> {
    let missing = || ApiError::validation(&format!("index is missing for doc {position}"));
    default_index.map(str::to_owned).ok_or_else(missing)
}

/// A text, or a number as a text.
fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn argument(reason: impl Into<String>) -> ApiError {
    ApiError::Argument(reason.into())
}

fn parsing(reason: String) -> ApiError {
    ApiError::Mistake { kind: "parsing_exception", reason }
}
