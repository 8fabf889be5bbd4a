//! What can go wrong with a store, by what the caller can do about it.

use std::error::Error;
use std::ops::Range;
use std::time::Duration;

/// A failed operation on a [`Storage`](crate::Storage).
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object.
    #[error("there is no object {key:?}")]
    NotFound {
        /// Key that was asked for.
        key: String,
    },
    /// Somebody else was there first: read the object again and decide anew.
    #[error("object {key:?} is not in the state that the write required")]
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
    /// The object is shorter than the caller believed, or the range is empty.
    #[error("object {key:?} has {size} bytes, which do not hold the range {}..{}", range.start, range.end)]
    InvalidRange {
        /// Key of the object.
        key: String,
        /// The range asked for.
        range: Range<u64>,
        /// Size of the object in bytes.
        size: u64,
    },
    /// The storage did not answer in time or asked to slow down: the same call may succeed later.
    #[error("the storage is not available for {key:?}")]
    Unavailable {
        /// Key or prefix of the operation.
        key: String,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The storage cannot be used as things are set up: settings, permissions or the clock must change first.
    #[error("cannot use {store}: {advice}")]
    Misconfigured {
        /// URL of the store.
        store: String,
        /// What is wrong, and what to do about it.
        advice: String,
        /// What the storage said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The storage refused or broke: trying again will not help.
    #[error("the storage failed at {key:?}")]
    Failed {
        /// Key or prefix of the operation, or the path of a store that cannot be opened.
        key: String,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// The source of [`StorageError::Unavailable`] where the storage said when to come back.
#[derive(Debug, thiserror::Error)]
#[error("asked to come back after {after:?}")]
pub struct SlowDown {
    /// How long to wait.
    pub after: Duration,
    /// What the storage said.
    pub source: Box<dyn Error + Send + Sync>,
}

impl StorageError {
    /// How long the storage asked to wait before the next attempt, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            StorageError::Unavailable { source, .. } => source.downcast_ref().map(|SlowDown { after, .. }| *after),
            _ => None,
        }
    }
}
