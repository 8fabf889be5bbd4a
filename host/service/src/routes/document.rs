//! `/{index}/_doc/{id}`.

use std::sync::Arc;

use http::StatusCode;
use quidditch_engine::SearchRequest;
use quidditch_index::{Cost, Snapshot};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::errors::ApiError;

#[derive(Serialize)]
struct Found<'a> {
    #[serde(rename = "_index")]
    index: &'a str,
    #[serde(rename = "_id")]
    id: &'a str,
    found: bool,
    #[serde(rename = "_source", skip_serializing_if = "Option::is_none")]
    source: Option<Box<RawValue>>,
}

/// Gives a document by its `_id`.
pub(crate) async fn document(service: &Service, index: &str, id: &str, mut call: Call) -> Result<Answer, ApiError> {
    let mut source_parameters = Vec::new();
    for key in ["_source", "_source_includes", "_source_excludes"] {
        source_parameters.extend(call.parameters.take(key)?.map(|value| (key.to_owned(), value)));
    }
    call.finish()?;
    let cost = Arc::new(Cost::default());
    let snapshot = service.snapshots.get(index, &cost).await?;
    let found = find(service, &snapshot, id, &source_parameters, &cost).await?;
    Ok(match found {
        Some(source) => Answer::json(&Found { index, id, found: true, source }),
        None => Answer::json_with(StatusCode::NOT_FOUND, &json!({ "_index": index, "_id": id, "found": false })),
    })
}

/// The wanted part of a document's source; the outer `None` where there is no such document.
async fn find(
    service: &Service,
    snapshot: &Snapshot,
    id: &str,
    source_parameters: &[(String, String)],
    cost: &Arc<Cost>,
) -> Result<Option<Option<Box<RawValue>>>, ApiError> {
    let failed = |error| ApiError::search(snapshot.name(), error);
    if source_parameters.is_empty() {
        let found = service.engine.document(snapshot, id, cost).await.map_err(failed)?;
        let source = |text| RawValue::from_string(text).expect("a stored source was parsed when it was added");
        return Ok(found.map(|document| Some(source(document.source))));
    }
    // A search knows what the parameters mean.
    let limits = service.engine.limits();
    let body = json!({ "query": { "ids": { "values": [id] } }, "size": limits.result_window });
    let request = SearchRequest::parse(&body.to_string(), source_parameters, limits).map_err(failed)?;
    let response = service.engine.search(snapshot, &request, service.functions.as_ref(), cost).await.map_err(failed)?;
    Ok(response.hits.hits.into_iter().next_back().map(|hit| hit.source))
}
