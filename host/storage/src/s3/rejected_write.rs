//! Writes that S3 rejects because of their precondition.

use super::error_response::ErrorResponse;
use crate::{Precondition, StorageError, WriteConflict};

/// The error of a write that was rejected because of its precondition; `None` if it was rejected for another reason.
pub(super) fn rejected_write(
    response: ErrorResponse<'_>,
    key: &str,
    precondition: &Precondition,
) -> Option<StorageError> {
    let key = key.to_owned();
    match (precondition, response.status, response.code) {
        (Precondition::None, ..) => None,
        (_, 501, _) => Some(StorageError::NoConditionalWrites { key, source: response.to_source() }),
        (_, 412, _) => Some(StorageError::PreconditionFailed { key }),
        // Another conditional write of the object is in progress. S3 documents: upload again.
        (Precondition::Absent, 409, Some("ConditionalRequestConflict")) => {
            Some(StorageError::Unavailable { key, source: Box::new(WriteConflict { source: response.to_source() }) })
        }
        // S3 documents: read the object's entity tag and upload again.
        (Precondition::Matches(_), 409, Some("ConditionalRequestConflict")) => {
            Some(StorageError::PreconditionFailed { key })
        }
        // The object to be replaced does not exist. A missing bucket has another code.
        (Precondition::Matches(_), 404, Some("NoSuchKey")) => Some(StorageError::PreconditionFailed { key }),
        _ => None,
    }
}
