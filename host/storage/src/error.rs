//! Errors, by what the caller can do about them.

use std::error::Error;
use std::ops::Range;
use std::time::Duration;

/// Any error, as the source of another one.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A failed operation on a [`Storage`](crate::Storage).
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No object has this key.
    #[error("object {key:?} not found")]
    NotFound {
        /// The key.
        key: String,
    },
    /// Another writer was faster: read the object again and decide again.
    #[error("precondition failed for object {key:?}")]
    PreconditionFailed {
        /// Key of the object that was not written.
        key: String,
    },
    /// No object can have this key.
    #[error("invalid key {key:?}: {reason}")]
    InvalidKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The object is shorter than the caller expects, or the range is empty.
    #[error("invalid range {}..{} of object {key:?}, which has {size} bytes", range.start, range.end)]
    InvalidRange {
        /// Key of the object.
        key: String,
        /// The requested range.
        range: Range<u64>,
        /// Size of the object in bytes.
        size: u64,
    },
    /// The storage did not respond in time or asked to slow down: the same call may succeed later.
    #[error("storage unavailable ({key})")]
    Unavailable {
        /// Key or prefix of the operation.
        key: String,
        /// Why.
        #[source]
        source: BoxError,
    },
    /// The storage lacks conditional writes, without which concurrent writers overwrite each other.
    #[error("the storage does not support conditional writes ({key})")]
    NoConditionalWrites {
        /// Key of the object that was not written, or whose conditions were ignored.
        key: String,
        /// What the storage did instead.
        #[source]
        source: BoxError,
    },
    /// Settings, permissions or the machine's clock must be changed first.
    #[error("cannot use {store}: {advice}")]
    Misconfigured {
        /// URL of the store.
        store: String,
        /// What is wrong, and what to do about it.
        advice: String,
        /// What the storage responded.
        #[source]
        source: BoxError,
    },
    /// Any other failure: trying again does not help.
    #[error("storage operation failed ({key})")]
    Failed {
        /// Key or prefix of the operation, or the URL of a store that cannot be opened.
        key: String,
        /// Why.
        #[source]
        source: BoxError,
    },
}

/// The source of [`StorageError::Unavailable`] if the storage said how long to wait.
#[derive(Debug, thiserror::Error)]
#[error("told to retry after {after:?}")]
pub struct SlowDown {
    /// How long to wait.
    pub after: Duration,
    /// What the storage responded.
    pub source: BoxError,
}

/// The source of [`StorageError::Unavailable`] if another conditional write of the same object was in progress: nothing was
/// written.
#[derive(Debug, thiserror::Error)]
#[error("another conditional write is in progress")]
pub struct WriteConflict {
    /// What the storage responded.
    pub source: BoxError,
}

impl StorageError {
    /// How long the storage asked to wait before the next attempt, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            StorageError::Unavailable { source, .. } => source.downcast_ref().map(|SlowDown { after, .. }| *after),
            _ => None,
        }
    }

    /// Whether the failed write may have been carried out.
    pub(crate) fn may_be_written(&self) -> bool {
        match self {
            StorageError::Unavailable { source, .. } => !source.is::<WriteConflict>(),
            _ => false,
        }
    }
}
