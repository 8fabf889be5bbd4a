//! Counts calls and bytes.

#![deny(clippy::missing_trait_methods)]

use std::ops::{Range, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Entry, Object, Precondition, Storage, StorageError, Version};

/// Passes every call on, and counts calls, including those that fail, and the bytes of those that succeed.
#[derive(Debug)]
pub struct Counting {
    inner: Arc<dyn Storage>,
    gets: AtomicU64,
    puts: AtomicU64,
    heads: AtomicU64,
    lists: AtomicU64,
    deletes: AtomicU64,
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
}

/// What was counted, since the start or between two moments (`later - earlier`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Reads, of whole objects and of ranges.
    pub gets: u64,
    /// Writes.
    pub puts: u64,
    /// Reads of the size and version of an object.
    pub heads: u64,
    /// Listings, of objects and of folders.
    pub lists: u64,
    /// Deletions.
    pub deletes: u64,
    /// Bytes that reads returned.
    pub bytes_read: u64,
    /// Bytes that were written.
    pub bytes_written: u64,
}

impl Counting {
    /// Counts calls of `inner`.
    pub fn new(inner: Arc<dyn Storage>) -> Self {
        Counting {
            inner,
            gets: AtomicU64::new(0),
            puts: AtomicU64::new(0),
            heads: AtomicU64::new(0),
            lists: AtomicU64::new(0),
            deletes: AtomicU64::new(0),
            bytes_read: AtomicU64::new(0),
            bytes_written: AtomicU64::new(0),
        }
    }

    /// What was counted since the start.
    pub fn counts(&self) -> Counts {
        Counts {
            gets: self.gets.load(Relaxed),
            puts: self.puts.load(Relaxed),
            heads: self.heads.load(Relaxed),
            lists: self.lists.load(Relaxed),
            deletes: self.deletes.load(Relaxed),
            bytes_read: self.bytes_read.load(Relaxed),
            bytes_written: self.bytes_written.load(Relaxed),
        }
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Storage for Counting {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        self.gets.fetch_add(1, Relaxed);
        let object = self.inner.get(key).await?;
        self.bytes_read.fetch_add(object.bytes.len() as u64, Relaxed);
        Ok(object)
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        self.gets.fetch_add(1, Relaxed);
        let bytes = self.inner.get_range(key, range).await?;
        self.bytes_read.fetch_add(bytes.len() as u64, Relaxed);
        Ok(bytes)
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        self.puts.fetch_add(1, Relaxed);
        let size = bytes.len() as u64;
        let version = self.inner.put(key, bytes, precondition).await?;
        self.bytes_written.fetch_add(size, Relaxed);
        Ok(version)
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        self.heads.fetch_add(1, Relaxed);
        self.inner.head(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        self.lists.fetch_add(1, Relaxed);
        self.inner.list(prefix).await
    }

    async fn list_in_parts(&self, prefix: &str, splits: &[String]) -> Result<Vec<Entry>, StorageError> {
        self.lists.fetch_add(1, Relaxed);
        self.inner.list_in_parts(prefix, splits).await
    }

    async fn list_folders(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.lists.fetch_add(1, Relaxed);
        self.inner.list_folders(folder).await
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.deletes.fetch_add(1, Relaxed);
        self.inner.delete(key).await
    }
}

impl Sub for Counts {
    type Output = Counts;

    /// What happened after `earlier`.
    fn sub(self, earlier: Counts) -> Counts {
        Counts {
            gets: self.gets - earlier.gets,
            puts: self.puts - earlier.puts,
            heads: self.heads - earlier.heads,
            lists: self.lists - earlier.lists,
            deletes: self.deletes - earlier.deletes,
            bytes_read: self.bytes_read - earlier.bytes_read,
            bytes_written: self.bytes_written - earlier.bytes_written,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::MemoryStorage;

    #[test]
    fn all_calls_are_counted_but_only_the_bytes_of_successful_ones() {
        let storage = Counting::new(Arc::new(MemoryStorage::new()));
        block_on(async {
            storage.put("a", Bytes::from_static(b"12345"), Precondition::None).await.expect("put");
            storage.put("a", Bytes::from_static(b"123"), Precondition::Absent).await.expect_err("exists");
            let written = storage.counts();
            assert_eq!(written, Counts { puts: 2, bytes_written: 5, ..Counts::default() });

            storage.get("a").await.expect("get");
            storage.get_range("a", 1..3).await.expect("get_range");
            storage.get("b").await.expect_err("missing");
            storage.head("a").await.expect("head");
            storage.list("").await.expect("list");
            storage.list_in_parts("", &[]).await.expect("list_in_parts");
            storage.list_folders("").await.expect("list_folders");
            storage.delete("a").await.expect("delete");
            let expected = Counts { gets: 3, heads: 1, lists: 3, deletes: 1, bytes_read: 7, ..Counts::default() };
            assert_eq!(storage.counts() - written, expected);
        });
    }
}
