//! `DELETE /{index}/_doc/{id}`: deletes a document.

use quidditch_indexing::{WriteAction, WriteOperation};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, Flag};

use super::condition::{Change, Versions};
use super::parameters::WriteParameters;
use super::write_index::{IfMissing, write_index};
use super::written::answer;
use crate::Writes;

/// Deletes a document.
pub(crate) async fn delete_document(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let (name, id) = (call.name("index"), call.name("id"));
    let common = WriteParameters::take(&mut call.parameters)?;
    let versions = Versions::take(&mut call.parameters)?;
    call.finish()?;
    let condition = versions.condition(Change::Delete)?;
    let index = write_index(writes, service, &name, (IfMissing::Fail, Flag::Off)).await?;
    let operation = WriteOperation { id: Some(id), action: WriteAction::Delete, condition };
    let result = writes.committer.write_one(service, &index, operation).await?;
    answer(&index, result, common.refresh, None)
}
