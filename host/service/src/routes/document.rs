//! `/{index}/_doc/{id}` and `/{index}/_source/{id}`.

use std::sync::Arc;

use http::StatusCode;
use quidditch_engine::SourceFilter;
use quidditch_index::{Cost, Damage, IndexError, PRIMARY_TERM, Revision};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::Service;
use crate::accepted_parameters::take_document_parameters;
use crate::answer::Answer;
use crate::call::Call;
use crate::document_source::DocumentSource;
use crate::error::{ApiError, Refusal};
use crate::parameters::Parameters;

/// A document that was looked for by its `_id`.
#[derive(Serialize)]
pub(super) struct LookedUp {
    #[serde(rename = "_index")]
    pub(super) index: String,
    #[serde(rename = "_id")]
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) revision: Option<ShownRevision>,
    pub(super) found: bool,
    #[serde(rename = "_source", skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Box<RawValue>>,
}

/// The write that a document is from.
#[derive(Serialize)]
pub(super) struct ShownRevision {
    #[serde(rename = "_version")]
    version: u64,
    #[serde(rename = "_seq_no")]
    pub(super) seq_no: u64,
    #[serde(rename = "_primary_term")]
    pub(super) primary_term: u64,
}

/// Returns a document by its `_id`.
pub(crate) async fn document(service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let (name, id) = (call.name("index"), call.name("id"));
    let source = DocumentSource::take(&mut call.parameters)?;
    take_document_parameters(&mut call.parameters)?;
    let wanted = take_version(&mut call.parameters)?;
    call.finish()?;
    let found = look_up(service, &name, id, &source).await?;
    check_version(&found, wanted)?;
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
    let found = service.engine.document_with_revision(&snapshot, &id, &cost).await;
    let found = found.map_err(|error| ApiError::search(snapshot.name(), error))?;
    let index = snapshot.name().to_owned();
    let Some((document, revision)) = found else {
        return Ok(LookedUp { index, id, revision: None, found: false, source: None });
    };
    let source = source.filter().apply(document.source).map_err(|error| {
        let reason = Damage::unparsable(format!("the source of document {id:?} is not JSON"), error);
        ApiError::from(IndexError::damaged(&*index, reason))
    })?;
    let Revision { version, seq_no } = revision;
    let revision = Some(ShownRevision { version, seq_no, primary_term: PRIMARY_TERM });
    Ok(LookedUp { index, id, revision, found: true, source })
}

/// Takes the version that the document must have.
fn take_version(parameters: &mut Parameters) -> Result<Option<u64>, ApiError> {
    if let Some(kind) = parameters.take("version_type")?
        && !["internal", "external", "external_gt", "external_gte"].contains(&kind.as_str())
    {
        return Err(ApiError::Argument(format!("No version type match [{kind}]")));
    }
    let Some(text) = parameters.take("version")? else { return Ok(None) };
    let invalid = || ApiError::Argument(format!("Failed to parse long parameter [version] with value [{text}]"));
    Ok(Some(text.parse().map_err(|_| invalid())?))
}

fn check_version(found: &LookedUp, wanted: Option<u64>) -> Result<(), ApiError> {
    let LookedUp { index, id, revision: Some(ShownRevision { version, .. }), .. } = found else { return Ok(()) };
    match wanted {
        Some(wanted) if wanted != *version => {
            let reason = format!(
                "[{id}]: version conflict, current version [{version}] is different than the one provided [{wanted}]"
            );
            let refusal = Refusal::new(StatusCode::CONFLICT, "version_conflict_engine_exception", reason);
            Err(refusal.detail("index", index.as_str()).into())
        }
        _ => Ok(()),
    }
}
