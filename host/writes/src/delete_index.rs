//! `DELETE /{index}`: deletes indices.

use quidditch_index::IndexError;
use quidditch_indexing::{IndexingError, delete_index as remove_index};
use quidditch_service::Service;
use quidditch_service::writing::{Answer, ApiError, Call, IndicesOptions};
use serde_json::json;

use crate::Writes;
use crate::failure::indexing_failure;
use crate::parameters::take_change_parameters;

/// Deletes indices, one after another.
pub(crate) async fn delete_index(writes: &Writes, service: &Service, mut call: Call) -> Result<Answer, ApiError> {
    let expression = call.indices();
    let options = IndicesOptions::take(&mut call.parameters, IndicesOptions::DEFAULT)?;
    take_change_parameters(&mut call.parameters)?;
    call.finish()?;
    for name in service.index_names(&expression, &options).await? {
        let deleted = remove_index(&writes.storage, &name).await;
        writes.committer.forget(&name);
        service.note_change(&name);
        match deleted {
            // Somebody else has deleted it in the meantime.
            Ok(()) | Err(IndexingError::Index(IndexError::NotFound { .. })) => {}
            Err(error) => return Err(indexing_failure(error)),
        }
    }
    Ok(Answer::json(&json!({ "acknowledged": true })))
}
