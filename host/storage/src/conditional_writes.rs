//! Whether a store supports conditional writes.

use bytes::Bytes;

use crate::{Precondition, Storage, StorageError, Version};

/// Checks that a store honours the preconditions of writes. There are services compatible with S3 that ignore them, so that
/// concurrent writers overwrite each other without an error.
///
/// Writes an object at `key` four times and deletes it again. No other program may use the key in the meantime: it should
/// contain a random part.
///
/// # Errors
/// [`StorageError::NoConditionalWrites`] if the store ignores preconditions, or does not accept one that holds;
/// [`StorageError::PreconditionFailed`] if there is an object at `key` already; all other errors of a write.
pub async fn check_conditional_writes(storage: &dyn Storage, key: &str) -> Result<(), StorageError> {
    let created = storage.put(key, content("created"), Precondition::Absent).await?;
    let checked = check_with(storage, key, created).await;
    let deleted = storage.delete(key).await;
    checked.and(deleted)
}

/// The contents differ, so that a store cannot take one write for the repetition of another.
async fn check_with(storage: &dyn Storage, key: &str, created: Version) -> Result<(), StorageError> {
    let unsupported = |reason: &str| StorageError::NoConditionalWrites { key: key.to_owned(), source: reason.into() };
    let must_fail = async |text, precondition, reason| match storage.put(key, content(text), precondition).await {
        Ok(_) => Err(unsupported(reason)),
        Err(StorageError::PreconditionFailed { .. }) => Ok(()),
        Err(error) => Err(error),
    };
    must_fail(
        "created twice",
        Precondition::Absent,
        "it replaced an object although the write required that none exists",
    )
    .await?;
    match storage.put(key, content("replaced"), Precondition::Matches(created.clone())).await {
        Ok(_) => {}
        Err(StorageError::PreconditionFailed { .. }) => {
            return Err(unsupported("it rejected a write although the object had the required version"));
        }
        Err(error) => return Err(error),
    }
    must_fail(
        "replaced twice",
        Precondition::Matches(created),
        "it replaced an object whose version was not the required one",
    )
    .await
}

fn content(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}
