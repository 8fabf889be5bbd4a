//! The storage.

#![deny(clippy::missing_trait_methods)]

use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use quidditch_storage::{Entry, Object, Precondition, Storage, StorageError, Version};

use crate::{Call, Operation};

/// Passes every call on to another storage, and runs a test's closures before and after.
pub struct InterceptStorage {
    inner: Arc<dyn Storage>,
    preconditions: Preconditions,
    calls: AtomicU64,
    before: Option<Box<Before>>,
    after: Option<Box<After>>,
}

/// What happens to the preconditions of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Preconditions {
    PassedOn,
    Dropped,
}

type Before = dyn Fn(Call) -> BoxFuture<'static, Result<(), StorageError>> + Send + Sync;
type After = dyn Fn(&Call) -> Result<(), StorageError> + Send + Sync;

impl InterceptStorage {
    /// Passes every call on to `inner`, until a closure says otherwise.
    pub fn new(inner: Arc<dyn Storage>) -> Self {
        let (preconditions, calls) = (Preconditions::PassedOn, AtomicU64::new(0));
        InterceptStorage { inner, preconditions, calls, before: None, after: None }
    }

    /// Writes whether or not preconditions hold, as some services compatible with S3 do. Calls are reported with the
    /// preconditions that they came with.
    pub fn ignore_preconditions(self) -> Self {
        InterceptStorage { preconditions: Preconditions::Dropped, ..self }
    }

    /// Runs `act` before each call, and waits for it. If it returns an error, the call is not passed on and fails with it.
    pub fn before<F>(self, act: impl Fn(Call) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), StorageError>> + Send + 'static,
    {
        InterceptStorage { before: Some(Box::new(move |call| act(call).boxed())), ..self }
    }

    /// Runs `act` after each call that succeeded. If it returns an error, the response is lost, and the call fails with the
    /// error although it was carried out.
    pub fn after(self, act: impl Fn(&Call) -> Result<(), StorageError> + Send + Sync + 'static) -> Self {
        InterceptStorage { after: Some(Box::new(act)), ..self }
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }

    /// The storage that calls are passed on to. Calls of it are not intercepted.
    pub fn inner(&self) -> &Arc<dyn Storage> {
        &self.inner
    }

    async fn intercept<T>(
        &self,
        operation: Operation,
        key: &str,
        response: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let call = Call { number: self.calls.fetch_add(1, Relaxed), operation, key: key.to_owned() };
        if let Some(before) = &self.before {
            before(call.clone()).await?;
        }
        let value = response.await?;
        if let Some(after) = &self.after {
            after(&call)?;
        }
        Ok(value)
    }
}

impl fmt::Debug for InterceptStorage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InterceptStorage").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[async_trait]
impl Storage for InterceptStorage {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.intercept(Operation::Get, key, self.inner.get(key)).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        self.intercept(Operation::GetRange(range.clone()), key, self.inner.get_range(key, range)).await
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        let operation = Operation::Put(precondition.clone());
        let precondition = match self.preconditions {
            Preconditions::PassedOn => precondition,
            Preconditions::Dropped => Precondition::None,
        };
        self.intercept(operation, key, self.inner.put(key, bytes, precondition)).await
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.intercept(Operation::Head, key, self.inner.head(key)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.intercept(Operation::List, prefix, self.inner.list(prefix)).await
    }

    async fn list_in_parts(&self, prefix: &str, splits: &[String]) -> Result<Vec<Entry>, StorageError> {
        self.intercept(Operation::List, prefix, self.inner.list_in_parts(prefix, splits)).await
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.intercept(Operation::ListFolders, folder, self.inner.list_folders(folder)).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.intercept(Operation::Delete, key, self.inner.delete(key)).await
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use futures::executor::block_on;
    use quidditch_storage::MemoryStorage;

    use super::*;
    use crate::unavailable;

    fn memory() -> Arc<dyn Storage> {
        Arc::new(MemoryStorage::new())
    }

    async fn put(storage: &dyn Storage, key: &str) -> Result<Version, StorageError> {
        storage.put(key, Bytes::from_static(b"x"), Precondition::Absent).await
    }

    #[test]
    fn a_call_that_fails_before_is_not_carried_out() {
        let storage = InterceptStorage::new(memory()).before(|call| ready(Err(unavailable(&call))));
        block_on(async {
            assert!(put(&storage, "a").await.is_err());
            assert!(storage.inner().list("").await.expect("a listing").is_empty());
        });
    }

    #[test]
    fn a_call_that_fails_after_is_carried_out() {
        let storage = InterceptStorage::new(memory()).after(|call| Err(unavailable(call)));
        block_on(async {
            assert!(put(&storage, "a").await.is_err());
            assert_eq!(storage.inner().list("").await.expect("a listing").len(), 1);
            let refused = put(&storage, "a").await;
            assert!(matches!(refused, Err(StorageError::PreconditionFailed { .. })), "an error of its own stays");
        });
    }

    #[test]
    fn ignored_preconditions_never_fail() {
        let storage = InterceptStorage::new(memory()).ignore_preconditions();
        block_on(async {
            put(&storage, "a").await.expect("written");
            put(&storage, "a").await.expect("written again");
        });
    }

    #[test]
    fn closures_see_every_call() {
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let storage = InterceptStorage::new(memory()).after(move |call| {
            log.lock().expect("not poisoned").push(call.clone());
            Ok(())
        });
        block_on(async {
            put(&storage, "f/a").await.expect("written");
            storage.get("f/a").await.expect("is there");
            storage.get_range("f/a", 0..1).await.expect("is there");
            storage.head("f/a").await.expect("is there");
            storage.list("f").await.expect("a listing");
            storage.list_in_parts("f", &[]).await.expect("a listing");
            storage.list_folders("").await.expect("a listing");
            storage.delete("f/a").await.expect("deleted");
        });
        let expected = [
            (Operation::Put(Precondition::Absent), "f/a"),
            (Operation::Get, "f/a"),
            (Operation::GetRange(0..1), "f/a"),
            (Operation::Head, "f/a"),
            (Operation::List, "f"),
            (Operation::List, "f"),
            (Operation::ListFolders, ""),
            (Operation::Delete, "f/a"),
        ];
        let expected: Vec<_> = (0..)
            .zip(expected)
            .map(|(number, (operation, key))| Call { number, operation, key: key.to_owned() })
            .collect();
        assert_eq!(*seen.lock().expect("not poisoned"), expected);
        assert_eq!(storage.calls(), 8);
    }
}
