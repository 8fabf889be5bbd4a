//! `/{index}/_doc/{id}` and `/{index}/_source/{id}`.

use std::sync::Arc;

use http::StatusCode;
use quidditch_engine::SourceFilter;
use quidditch_index::{Cost, Damage, IndexError};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::Service;
use crate::accepted_parameters::take_document_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::document_source::DocumentSource;
use crate::error::ApiError;

/// A document that was looked for by its `_id`.
#[derive(Serialize)]
pub(super) struct LookedUp {
    #[serde(rename = "_index")]
    pub(super) index: String,
    #[serde(rename = "_id")]
    pub(super) id: String,
    pub(super) found: bool,
    #[serde(rename = "_source", skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Box<RawValue>>,
}

/// Returns a document by its `_id`.
pub(crate) async fn document(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let (name, id) = (call.name("index"), call.name("id"));
    let source = DocumentSource::take(&mut call.parameters)?;
    take_document_parameters(&mut call.parameters)?;
    call.finish()?;
    let found = look_up(service, &name, id, &source).await?;
    let status = if found.found { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Ok(Answer::json_with(status, &found))
}

/// Returns the source of a document by its `_id`.
pub(crate) async fn source(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let (name, id) = (call.name("index"), call.name("id"));
    let source = DocumentSource::take(&mut call.parameters)?;
    take_document_parameters(&mut call.parameters)?;
    call.finish()?;
    if *source.filter() == SourceFilter::None {
        return Err(ApiError::validation("fetching source can not be disabled"));
    }
    let LookedUp { index, id, source, .. } = look_up(service, &name, id, &source).await?;
    match source {
        Some(source) => Ok(Answer::json(&source)),
        None => Err(ApiError::Missing(format!("Document not found [{index}]/[{id}]"))),
    }
}

/// Looks for a document in the only index of this name.
pub(super) async fn look_up(
    service: &Service,
    name: &str,
    id: String,
    source: &DocumentSource,
) -> Result<LookedUp, ApiError> {
    let cost = Arc::new(Cost::default());
    let snapshot = service.only_target(name, &cost).await?.snapshot;
    let found = service.engine.document(&snapshot, &id, &cost).await;
    let found = found.map_err(|error| ApiError::search(snapshot.name(), error))?;
    let index = snapshot.name().to_owned();
    let Some(document) = found else { return Ok(LookedUp { index, id, found: false, source: None }) };
    let source = source.filter().apply(document.source).map_err(|error| {
        let reason = Damage::corrupt(format!("the source of document {id:?} is not JSON: {error}"));
        ApiError::from(IndexError::damaged(&*index, reason))
    })?;
    Ok(LookedUp { index, id, found: true, source })
}
