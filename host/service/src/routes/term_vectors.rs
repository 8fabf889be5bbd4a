//! `/{index}/_termvectors` and `/_mtermvectors`: the terms of documents.

use std::sync::Arc;

use futures::stream::{self, StreamExt};
use quidditch_engine::{TermVectorsRequest, VectorsDocument};
use quidditch_index::{Cost, parse_json};
use serde_json::{Map, Value as Json, json};

use crate::Service;
use crate::accepted_parameters::{take_document_parameters, take_version_parameters};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::term_vectors::{VectorsItem, VectorsOptions};

/// Most documents of one request.
const MAX_DOCUMENTS: usize = 1_000;

/// How many documents are read at a time.
const AT_A_TIME: usize = 8;

/// Returns the terms of a document.
pub(crate) async fn term_vectors(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let (index, id) = (call.name("index"), call.names.get("id").map(str::to_owned));
    let Call { path, mut parameters, body, .. } = call;
    let mut options = VectorsOptions::take(&mut parameters)?;
    take_document_parameters(&mut parameters)?;
    take_version_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    let mut item = VectorsItem { index: Some(index), id, document: None };
    if !body.trim().is_empty() {
        let json = parse_json(&body).map_err(|error| ApiError::invalid_json("the request", &error))?;
        let Json::Object(object) = json else { return Err(ApiError::body("the request must be an object")) };
        item.read(object, &mut options)?;
    }
    let (index, request) = item.finish(options, None)?;
    Ok(Answer::json(&answer(service, index, request).await?))
}

/// Returns the terms of several documents. One whose index does not exist has an error.
pub(crate) async fn mterm_vectors(service: &Service, call: Call) -> Result<Answer, ApiError> {
    let default_index = call.names.get("index").map(str::to_owned);
    let Call { path, mut parameters, body, .. } = call;
    let options = VectorsOptions::take(&mut parameters)?;
    let ids = parameters.take("ids")?;
    take_document_parameters(&mut parameters)?;
    take_version_parameters(&mut parameters)?;
    parameters.finish(&path)?;
    let wanted = parse(&body, ids.as_deref(), default_index.as_deref(), options)?;
    let max_bytes = service.engine.limits().max_hits_bytes;
    let answers: Vec<_> = wanted.into_iter().map(|(index, request)| answer_or_error(service, index, request)).collect();
    let mut answers = stream::iter(answers).buffered(AT_A_TIME);
    let (mut documents, mut bytes) = (Vec::new(), 0);
    while let Some(answered) = answers.next().await {
        let answered = answered?;
        bytes += answered.to_string().len() as u64;
        if bytes > max_bytes {
            return Err(ApiError::search(&path, quidditch_engine::Error::HitsTooLarge { max_bytes }));
        }
        documents.push(answered);
    }
    Ok(Answer::json(&json!({ "docs": documents })))
}

async fn answer_or_error(service: &Service, index: String, request: TermVectorsRequest) -> Result<Json, ApiError> {
    let named = named(&index, &request);
    match answer(service, index, request).await {
        Err(error) if error.is_mistake() => {
            let mut json = named;
            json.insert("error".to_owned(), error.into_json()["error"].take());
            Ok(Json::Object(json))
        }
        answered => answered,
    }
}

/// The name of a document.
fn named(index: &str, request: &TermVectorsRequest) -> Map<String, Json> {
    let mut json = Map::from_iter([("_index".to_owned(), Json::from(index))]);
    if let VectorsDocument::Id(id) = &request.document {
        json.insert("_id".to_owned(), id.as_str().into());
    }
    json
}

async fn answer(service: &Service, index: String, request: TermVectorsRequest) -> Result<Json, ApiError> {
    let start = service.clock.monotonic();
    let cost = Arc::new(Cost::default());
    let snapshot = service.only_target(&index, &cost).await?.snapshot;
    let found = service.engine.term_vectors(&snapshot, &request, &cost).await;
    let found = found.map_err(|error| ApiError::search(snapshot.name(), error))?;
    let mut json = named(snapshot.name(), &request);
    json.insert("found".to_owned(), found.is_some().into());
    let took = service.clock.monotonic().saturating_sub(start).as_millis();
    json.insert("took".to_owned(), u64::try_from(took).unwrap_or(u64::MAX).into());
    if let Some(fields) = found {
        json.insert("term_vectors".to_owned(), Json::Object(fields));
    }
    Ok(Json::Object(json))
}

/// Reads `{"docs": [...], "ids": [...], "parameters": {...}}`. `ids` are those of the URL.
fn parse(
    body: &str,
    ids: Option<&str>,
    default_index: Option<&str>,
    mut options: VectorsOptions,
) -> Result<Vec<(String, TermVectorsRequest)>, ApiError> {
    let mut object = Map::new();
    if !body.trim().is_empty() {
        let json = parse_json(body).map_err(|error| ApiError::invalid_json("the request", &error))?;
        let Json::Object(given) = json else { return Err(ApiError::body("the request must be an object")) };
        object = given;
    }
    if let Some(parameters) = object.remove("parameters") {
        let Json::Object(parameters) = parameters else {
            return Err(ApiError::body("[parameters] must be an object"));
        };
        VectorsItem::default().read(parameters, &mut options)?;
    }
    let index = || default_index.map(str::to_owned);
    let mut items: Vec<(VectorsItem, VectorsOptions)> = Vec::new();
    for id in ids.into_iter().flat_map(|ids| ids.split(',')) {
        items.push((VectorsItem { index: index(), id: Some(id.to_owned()), document: None }, options.clone()));
    }
    for (key, value) in object {
        if !matches!(key.as_str(), "ids" | "docs") {
            return Err(ApiError::body(format!("_mtermvectors: Parameter [{key}] not supported")));
        }
        let Json::Array(list) = value else {
            return Err(ApiError::body(format!("_mtermvectors: [{key}] must be a list")));
        };
        for entry in list {
            let mut item = VectorsItem { index: index(), ..VectorsItem::default() };
            let mut own = options.clone();
            match (key.as_str(), entry) {
                ("ids", Json::String(id)) => item.id = Some(id),
                ("ids", Json::Number(id)) => item.id = Some(id.to_string()),
                ("ids", _) => return Err(ApiError::body("_mtermvectors: [ids] must only contain ids")),
                ("docs", Json::Object(entry)) => item.read(entry, &mut own)?,
                _ => return Err(ApiError::body("_mtermvectors: [docs] must only contain objects")),
            }
            items.push((item, own));
        }
    }
    match items.len() {
        0 => Err(ApiError::validation("multi term vectors: no documents requested")),
        1..=MAX_DOCUMENTS => {
            let items = items.into_iter().enumerate();
            items.map(|(position, (item, options))| item.finish(options, Some(position))).collect()
        }
        count => {
            Err(ApiError::Argument(format!("[{count}] documents are requested: at most {MAX_DOCUMENTS} are allowed")))
        }
    }
}
