//! `/{index}/_doc/{id}`.

use std::sync::Arc;

use http::StatusCode;
use quidditch_engine::SourceFilter;
use quidditch_index::Cost;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::Service;
use crate::accepted_parameters::take_document_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

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

/// Returns a document by its `_id`.
pub(crate) async fn document(service: &Service, index: &str, id: &str, mut call: Call) -> Result<Answer, ApiError> {
    let mut source_parameters = Vec::new();
    for key in ["_source", "_source_includes", "_source_excludes"] {
        source_parameters.extend(call.parameters.take(key)?.map(|value| (key.to_owned(), value)));
    }
    take_document_parameters(&mut call.parameters)?;
    call.finish()?;
    let to_api_error = |error| ApiError::search(index, error);
    let filter = SourceFilter::from_parameters(&source_parameters).map_err(to_api_error)?;
    let cost = Arc::new(Cost::default());
    let snapshot = service.snapshots.get(index, &cost).await?;
    let found = service.engine.document(&snapshot, id, &cost).await.map_err(to_api_error)?;
    let Some(document) = found else {
        return Ok(Answer::json_with(StatusCode::NOT_FOUND, &json!({ "_index": index, "_id": id, "found": false })));
    };
    let source = filter.apply(document.source).expect("a stored source was parsed when it was added");
    Ok(Answer::json(&Found { index, id, found: true, source }))
}
