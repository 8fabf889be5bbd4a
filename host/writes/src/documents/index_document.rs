//! `PUT /{index}/_doc/{id}`, `POST /{index}/_doc` and `_create`: stores a document.

use bytes::Bytes;
use quidditch_indexing::{MAX_ID_BYTES, WriteAction, WriteOperation};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call};

use super::condition::{Change, OpType, Versions};
use super::parameters::WriteParameters;
use super::write_index::{IfMissing, write_index};
use super::written::answer;
use crate::Writes;

/// Stores a document in place of any other with its `_id`.
pub(crate) async fn index_document(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let op_type = call.parameters.take("op_type")?;
    let op_type = op_type.map_or(Ok(OpType::Index), |text| OpType::parse(&text))?;
    store(writes, service, call, op_type).await
}

/// Stores a document unless there is one with its `_id`.
pub(crate) async fn create_document(writes: &Writes, service: &Service, call: Call) -> Result<Answer, ApiError> {
    store(writes, service, call, OpType::Create).await
}

async fn store(writes: &Writes, service: &Service, call: Call, op_type: OpType) -> Result<Answer, ApiError> {
    let (name, id) = (call.name("index"), call.names.get("id").map(str::to_owned));
    let Call { path, mut parameters, body, .. } = call;
    let common = WriteParameters::take(&mut parameters)?;
    let versions = Versions::take(&mut parameters)?;
    parameters.finish(&path)?;
    // A document without an id is always a new one.
    let op_type = if id.is_none() { OpType::Create } else { op_type };
    let condition = versions.condition(Change::Index(op_type))?;
    if body.is_empty() {
        return Err(ApiError::body("request body is required"));
    }
    if let Some(id) = &id {
        check_id(id)?;
    }
    let index = write_index(writes, service, &name, (IfMissing::Create, common.require_alias)).await?;
    let operation = WriteOperation { id, action: WriteAction::Index(Bytes::from(body)), condition };
    let result = writes.committer.write_one(service, &index, operation).await?;
    answer(&index, result, common.refresh, None)
}

/// Checks the length of an `_id`.
pub(super) fn check_id(id: &str) -> Result<(), ApiError> {
    if id.len() <= MAX_ID_BYTES {
        return Ok(());
    }
    Err(ApiError::validation(&format!(
        "id [{id}] is too long, must be no longer than {MAX_ID_BYTES} bytes but was: {}",
        id.len()
    )))
}
