//! A storage that fails and dawdles as a test wants it.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Entry, MemoryStorage, Object, Precondition, SlowDown, Storage, StorageError, Version};

/// Objects in memory behind trouble: each call takes the next one from the list, and the calls after the last have none.
#[derive(Debug, Default)]
pub(crate) struct FaultyStorage {
    pub(crate) inner: MemoryStorage,
    troubles: Mutex<VecDeque<Fault>>,
    calls: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// All is well, after so long.
    Slow(Duration),
    /// Nothing is done.
    Refused,
    /// Nothing is done, and the caller is asked to wait.
    SlowDown(Duration),
    /// It is done, but the caller does not get to know.
    AnswerLost,
    /// Trying again would not help.
    Broken,
}

impl FaultyStorage {
    pub(crate) fn new(troubles: impl IntoIterator<Item = Fault>) -> Self {
        let troubles = Mutex::new(troubles.into_iter().collect());
        FaultyStorage { troubles, ..FaultyStorage::default() }
    }

    /// How often it was asked for anything.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }

    async fn trouble<T>(&self, call: impl Future<Output = Result<T, StorageError>>) -> Result<T, StorageError> {
        self.calls.fetch_add(1, Relaxed);
        let unavailable = |source| Err(StorageError::Unavailable { key: "key".to_owned(), source });
        let trouble = self.troubles.lock().expect("not poisoned").pop_front();
        match trouble {
            None => call.await,
            Some(Fault::Slow(time)) => {
                tokio::time::sleep(time).await;
                call.await
            }
            Some(Fault::Refused) => unavailable("refused".into()),
            Some(Fault::SlowDown(after)) => unavailable(Box::new(SlowDown { after, source: "busy".into() })),
            Some(Fault::AnswerLost) => {
                call.await?;
                unavailable("the answer was lost".into())
            }
            Some(Fault::Broken) => Err(StorageError::Failed { key: "key".to_owned(), source: "broken".into() }),
        }
    }
}

#[async_trait]
impl Storage for FaultyStorage {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.trouble(self.inner.get(key)).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        self.trouble(self.inner.get_range(key, range)).await
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        self.trouble(self.inner.put(key, bytes, precondition)).await
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.trouble(self.inner.head(key)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.trouble(self.inner.list(prefix)).await
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.trouble(self.inner.list_folders(folder)).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.trouble(self.inner.delete(key)).await
    }
}
