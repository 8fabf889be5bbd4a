//! The registry.

mod find;
mod publish;
mod scripts;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::try_join_all;
use lru::LruCache;
use quidditch_clock::Clock;
use quidditch_function::{Cause, FailurePhase, Function, FunctionError, FunctionId, Loader, StoredScript};
use quidditch_storage::{Storage, StorageError};
use semver::Version;

use crate::digest::sha256_hex;
use crate::layout;
use crate::versions::Versions;
use crate::{DamagedRecord, Record, RegistryError, Settings};

/// How many records are read at the same time when all functions are listed.
const PARALLEL_READS: usize = 16;

/// Published functions in a store.
pub struct Registry {
    storage: Arc<dyn Storage>,
    loader: Arc<dyn Loader>,
    settings: Settings,
    clock: Arc<dyn Clock>,
    cache: Mutex<Cache>,
}

/// What need not be read again.
struct Cache {
    versions: HashMap<String, Versions>,
    /// The record of a version, with the version of the record in the store.
    records: HashMap<(String, Version), (quidditch_storage::Version, Record)>,
    loaded: LruCache<LoadedKey, Arc<dyn Function>>,
    /// Stored scripts, and ids without one, with the time at which they were read.
    scripts: LruCache<String, (Duration, Option<StoredScript>)>,
}

/// Identifies loaded code: a version that was deleted and published again is another function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct LoadedKey {
    id: FunctionId,
    sha256: String,
}

impl Registry {
    /// The functions in a store. `loader` makes functions of components, `clock` measures how old cached listings are.
    pub fn new(storage: Arc<dyn Storage>, loader: Arc<dyn Loader>, settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let capacity = NonZeroUsize::new(settings.loaded_functions).unwrap_or(NonZeroUsize::MIN);
        let cache = Cache {
            versions: HashMap::new(),
            records: HashMap::new(),
            loaded: LruCache::new(capacity),
            scripts: LruCache::new(capacity),
        };
        Registry { storage, loader, settings, clock, cache: Mutex::new(cache) }
    }

    /// All published functions, sorted by name and version. A damaged record does not affect the others.
    pub async fn list(&self) -> Result<Vec<Result<Record, DamagedRecord>>, RegistryError> {
        let entries = self.storage.list(layout::ROOT).await?;
        let mut functions: Vec<_> = entries.iter().filter_map(|entry| layout::function_of_record(&entry.key)).collect();
        functions.sort();
        let mut records = Vec::with_capacity(functions.len());
        for chunk in functions.chunks(PARALLEL_READS) {
            let reads = chunk.iter().map(|(name, version)| self.listed_record(name, version));
            // A missing record was deleted after the listing.
            records.extend(try_join_all(reads).await?.into_iter().flatten());
        }
        Ok(records)
    }

    /// One published function; its highest release if `version` is `None`.
    pub async fn show(&self, name: &str, version: Option<&str>) -> Result<Record, RegistryError> {
        self.record(name, version).await
    }

    /// The record and the component of a published function; of its highest release if `version` is `None`.
    ///
    /// # Errors
    /// [`RegistryError::Function`] if there is no such function, or its component is damaged.
    pub async fn component_of(&self, name: &str, version: Option<&str>) -> Result<(Record, Bytes), RegistryError> {
        let record = self.record(name, version).await?;
        let component = self.component(&record).await?;
        Ok((record, component))
    }

    /// The stored component of a function.
    async fn component(&self, record: &Record) -> Result<Bytes, RegistryError> {
        if record.script.is_some() {
            let cause = Cause::Unusable("it is a script, which has no component".to_owned());
            return Err(load_error(record.id(), cause).into());
        }
        let key = layout::component_key(&record.name, &record.version, &record.sha256);
        let component = self.storage.get(&key).await?.bytes;
        if sha256_hex(&component) != record.sha256 {
            let cause = Cause::Unusable("the stored component is damaged (digest mismatch)".to_owned());
            return Err(load_error(record.id(), cause).into());
        }
        Ok(component)
    }

    /// A record for a list, in which a damaged record is an entry.
    async fn listed_record(
        &self,
        name: &str,
        version: &Version,
    ) -> Result<Option<Result<Record, DamagedRecord>>, RegistryError> {
        match self.existing_record(name, version).await {
            Ok(record) => Ok(record.map(Ok)),
            Err(RegistryError::Damaged(damaged)) => Ok(Some(Err(damaged))),
            Err(error) => Err(error),
        }
    }

    async fn existing_record(&self, name: &str, version: &Version) -> Result<Option<Record>, RegistryError> {
        match self.storage.get(&layout::record_key(name, version)).await {
            Ok(object) => match serde_json::from_slice(&object.bytes) {
                Ok(record) => Ok(Some(record)),
                Err(source) => {
                    let function = FunctionId::new(name, version.to_string());
                    Err(DamagedRecord { function, source }.into())
                }
            },
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Entries are complete when they are inserted, so a panic elsewhere cannot have left a partial one.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn load_error(function: FunctionId, cause: Cause) -> FunctionError {
    FunctionError { function, phase: FailurePhase::Load, cause }
}
