//! `POST /{index}/_update/{id}`: changes a part of a document.

use quidditch_engine::SourceFilter;
use quidditch_indexing::{Condition, WriteAction, WriteOperation};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, Parameters};

use super::condition::{Change, Versions};
use super::index_document::check_id;
use super::parameters::{WriteParameters, parse_int};
use super::scripts::Scripts;
use super::update_body::UpdateBody;
use super::write_index::{IfMissing, write_index};
use super::written::answer;
use crate::Writes;

/// Changes a part of a document.
pub(crate) async fn update_document(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    let (name, id) = (call.name("index"), call.name("id"));
    let Call { path, mut parameters, body, .. } = call;
    let common = WriteParameters::take(&mut parameters)?;
    let versions = Versions::take(&mut parameters)?;
    let retries = take_retries(&mut parameters)?;
    let source = take_source(&mut parameters)?;
    parameters.finish(&path)?;
    let condition = versions.condition(Change::Update)?;
    let mut scripts = Scripts::for_request(writes, service);
    let body = UpdateBody::parse(&body, &mut scripts)?;
    check(condition, retries, &body)?;
    let UpdateBody { update, source: of_body, .. } = body;
    check_id(&id)?;
    let index = write_index(writes, service, &name, (IfMissing::Create, common.require_alias)).await?;
    scripts.compile(service).await;
    let operation = WriteOperation { id: Some(id), action: WriteAction::Update(update), condition };
    let result = writes.committer.write_one(service, &index, operation).await?;
    answer(&index, result, common.refresh, source.or(of_body).as_ref())
}

/// Checks what an update cannot have together. How often it may be repeated says nothing else: it is computed from the newest
/// document, and written only if that has not changed.
pub(super) fn check(condition: Condition, retries: u64, body: &UpdateBody) -> Result<(), ApiError> {
    if condition == Condition::None {
        return Ok(());
    }
    if body.is_upsert {
        return Err(ApiError::validation("upsert requests don't support `if_seq_no` and `if_primary_term`"));
    }
    if retries > 0 {
        return Err(ApiError::validation("compare and write operations can not be retried"));
    }
    Ok(())
}

fn take_retries(parameters: &mut Parameters) -> Result<u64, ApiError> {
    let text = parameters.take("retry_on_conflict")?;
    text.map_or(Ok(0), |text| parse_int("retry_on_conflict", &text))
}

/// Takes which part of the new document is shown; `None` if that is not said.
pub(super) fn take_source(parameters: &mut Parameters) -> Result<Option<SourceFilter>, ApiError> {
    let mut given = Vec::new();
    for key in ["_source", "_source_includes", "_source_excludes"] {
        let value = parameters.take(key)?;
        // `?_source` alone asks for all of it.
        let value = value.map(|value| if key == "_source" && value.is_empty() { "true".to_owned() } else { value });
        given.extend(value.map(|value| (key.to_owned(), value)));
    }
    if given.is_empty() {
        return Ok(None);
    }
    let filter = SourceFilter::from_parameters(&given).map_err(|error| ApiError::Argument(error.to_string()))?;
    Ok(Some(filter).filter(|filter| *filter != SourceFilter::None))
}
