//! Repeats failed calls.

#![deny(clippy::missing_trait_methods)]

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Entry, Object, Precondition, RetrySettings, Storage, StorageError, Version};
use quidditch_clock::Clock;

/// How many bytes of an object are compared at a time. 8 MiB: a large object need not fit into memory twice.
const COMPARED_BYTES: usize = 8 * 1024 * 1024;

/// Passes every call on, and repeats those that fail with [`StorageError::Unavailable`], after growing pauses.
///
/// An attempt whose response was lost may have written nevertheless. For unconditional writes and deletions that makes no
/// difference. If a conditional write fails its precondition after such an attempt, the object is read: if it has the content
/// that was to be written, the write has succeeded. Two cases cannot be distinguished:
///
/// - Another writer wrote the same bytes: both writes succeed.
/// - The write succeeded and has been replaced since: it fails with [`StorageError::PreconditionFailed`]. A caller that reads
///   the object again and decides again must recognize what it has written before.
///
/// If the last attempt fails, it is unknown whether anything was written.
#[derive(Debug)]
pub struct Retrying {
    inner: Arc<dyn Storage>,
    settings: RetrySettings,
    clock: Arc<dyn Clock>,
}

impl Retrying {
    /// Repeats failed calls of `inner`.
    pub fn new(inner: Arc<dyn Storage>, settings: RetrySettings, clock: Arc<dyn Clock>) -> Self {
        Retrying { inner, settings, clock }
    }

    /// The version of an object if it has this content.
    async fn version_of(&self, key: &str, content: &Bytes) -> Result<Option<Version>, StorageError> {
        let Some(before) = found(self.head(key).await)? else { return Ok(None) };
        if before.size != content.len() as u64 {
            return Ok(None);
        }
        for start in (0..content.len()).step_by(COMPARED_BYTES) {
            let end = content.len().min(start + COMPARED_BYTES);
            let stored = found(self.get_range(key, start as u64..end as u64).await)?;
            if stored.is_none_or(|stored| stored != content[start..end]) {
                return Ok(None);
            }
        }
        let after = found(self.head(key).await)?;
        Ok(after.filter(|after| after.version == before.version).map(|after| after.version))
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Storage for Retrying {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.settings.retry(&*self.clock, || self.inner.get(key)).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        self.settings.retry(&*self.clock, || self.inner.get_range(key, range.clone())).await
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        let may_be_written = AtomicBool::new(false);
        let attempt = async || {
            let outcome = self.inner.put(key, bytes.clone(), precondition.clone()).await;
            if outcome.as_ref().is_err_and(StorageError::may_be_written) {
                may_be_written.store(true, Relaxed);
            }
            outcome
        };
        match self.settings.retry(&*self.clock, attempt).await {
            Err(error @ StorageError::PreconditionFailed { .. }) if may_be_written.load(Relaxed) => {
                self.version_of(key, &bytes).await?.ok_or(error)
            }
            outcome => outcome,
        }
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.settings.retry(&*self.clock, || self.inner.head(key)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.settings.retry(&*self.clock, || self.inner.list(prefix)).await
    }

    async fn list_in_parts(&self, prefix: &str, splits: &[String]) -> Result<Vec<Entry>, StorageError> {
        self.settings.retry(&*self.clock, || self.inner.list_in_parts(prefix, splits)).await
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.settings.retry(&*self.clock, || self.inner.list_folders(folder)).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.settings.retry(&*self.clock, || self.inner.delete(key)).await
    }
}

/// `None` if the object is missing or too short.
fn found<T>(outcome: Result<T, StorageError>) -> Result<Option<T>, StorageError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(StorageError::NotFound { .. } | StorageError::InvalidRange { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
