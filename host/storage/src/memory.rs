//! A store in memory.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Entry, Object, Precondition, Storage, StorageError, Version, check_key};

/// A store in memory, dropped with the value: for tests, and for what a command checks without keeping it.
#[derive(Debug, Default)]
pub struct MemoryStorage {
    objects: Mutex<Objects>,
}

#[derive(Debug, Default)]
struct Objects {
    by_key: BTreeMap<String, Object>,
    /// The number of writes so far, from which versions are made.
    writes: u64,
}

impl MemoryStorage {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn objects(&self) -> MutexGuard<'_, Objects> {
        // Every change is a single insert or remove, so a panic elsewhere cannot have left a partial one.
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl Storage for MemoryStorage {
    async fn get(&self, key: &str) -> Result<Object, StorageError> {
        check_key(key)?;
        self.objects().by_key.get(key).cloned().ok_or_else(|| StorageError::NotFound { key: key.to_owned() })
    }

    async fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let bytes = self.get(key).await?.bytes;
        let size = bytes.len() as u64;
        if range.start >= range.end || range.end > size {
            return Err(StorageError::InvalidRange { key: key.to_owned(), range, size });
        }
        Ok(bytes.slice(range.start as usize..range.end as usize))
    }

    async fn put(&self, key: &str, bytes: Bytes, precondition: Precondition) -> Result<Version, StorageError> {
        check_key(key)?;
        let mut objects = self.objects();
        let holds = match (&precondition, objects.by_key.get(key)) {
            (Precondition::None, _) | (Precondition::Absent, None) => true,
            (Precondition::Matches(version), Some(object)) => object.version == *version,
            (Precondition::Absent, Some(_)) | (Precondition::Matches(_), None) => false,
        };
        if !holds {
            return Err(StorageError::PreconditionFailed { key: key.to_owned() });
        }
        objects.writes += 1;
        let version = Version::new(objects.writes.to_string());
        objects.by_key.insert(key.to_owned(), Object { bytes, version: version.clone() });
        Ok(version)
    }

    async fn head(&self, key: &str) -> Result<Entry, StorageError> {
        let object = self.get(key).await?;
        Ok(entry(key, &object))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Entry>, StorageError> {
        let objects = self.objects();
        let matching = objects.by_key.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(matching.map(|(key, object)| entry(key, object)).collect())
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        check_key(key)?;
        self.objects().by_key.remove(key);
        Ok(())
    }
}

fn entry(key: &str, object: &Object) -> Entry {
    Entry { key: key.to_owned(), size: object.bytes.len() as u64, version: object.version.clone() }
}
