//! The registry.

mod disabling;
mod find;
mod lifecycle;
mod listing;
mod publish;
mod scripts;
mod signing;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use lru::LruCache;
use quidditch_clock::Clock;
use quidditch_function::{
    Cause, FailurePhase, Function, FunctionError, FunctionId, Loader, StoredScript, VersionState,
};
use quidditch_storage::{Storage, StorageError};
use semver::Version;
use serde::de::DeserializeOwned;

use crate::copies::Copies;
use crate::digest::sha256_hex;
use crate::layout::{self, Part};
use crate::versions::{ListedVersion, Versions};
use crate::{DamagedRecord, PublishedVersion, Record, RegistryError, Settings};

/// How many functions or scripts are read at the same time when all are listed. 64: with more connections, S3 answers no faster. The record
/// and the notes of a function, at most five objects, are read together.
const PARALLEL_READS: usize = 64;

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
    records: HashMap<(String, Version), (quidditch_storage::Version, StoredRecord)>,
    /// What has become of versions, by key.
    notes: LruCache<String, (quidditch_storage::Version, Bytes)>,
    loaded: LruCache<LoadedKey, Arc<dyn Function>>,
    /// Stored scripts, and ids without one, with the time at which they were read.
    scripts: LruCache<String, (Duration, Option<StoredScript>)>,
}

/// A record as it is stored.
#[derive(Clone)]
struct StoredRecord {
    /// What signatures sign.
    bytes: Bytes,
    record: Record,
    /// Whether it is known that a trusted key has signed these bytes.
    is_signed: bool,
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
            notes: LruCache::new(capacity),
            loaded: LruCache::new(capacity),
            scripts: LruCache::new(capacity),
        };
        Registry { storage, loader, settings, clock, cache: Mutex::new(cache) }
    }

    /// One published version, even if it is not trusted. `version` is a version, or what it must satisfy, such as `^1.2`; `None` takes
    /// the highest release.
    ///
    /// # Errors
    /// [`RegistryError::Function`] if there is no such version.
    pub async fn show(&self, name: &str, version: Option<&str>) -> Result<PublishedVersion, RegistryError> {
        let (stored, listed) = self.stored_and_listing(name, version).await?;
        let state = self.state(name, &stored.record.version, &listed).await?;
        let signatures = self.signatures(&stored, &listed).await?;
        Ok(PublishedVersion { record: stored.record, state, signatures })
    }

    /// One published version that may be called, chosen as by [`Registry::show`].
    ///
    /// # Errors
    /// [`RegistryError::Function`] if the version is unknown, disabled or not trusted.
    pub async fn callable(&self, name: &str, version: Option<&str>) -> Result<PublishedVersion, RegistryError> {
        let (record, listed) = self.trusted_record(name, version).await?;
        self.check_enabled(&record, &listed).await?;
        let state = self.state(name, &record.version, &listed).await?;
        Ok(PublishedVersion { record, state, signatures: Vec::new() })
    }

    /// The record and the component of a published version that is trusted, chosen as by [`Registry::show`].
    ///
    /// # Errors
    /// [`RegistryError::Function`] if the function is unknown or not trusted, or its component is damaged.
    pub async fn component_of(&self, name: &str, version: Option<&str>) -> Result<(Record, Bytes), RegistryError> {
        let (record, _) = self.trusted_record(name, version).await?;
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

    /// The record of a version that was listed so, which is read only once; `None` if it was deleted since.
    async fn listed_record(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
    ) -> Result<Option<StoredRecord>, RegistryError> {
        let key = (name.to_owned(), version.clone());
        if let Some((cached, stored)) = self.cache().records.get(&key)
            && *cached == listed.record
        {
            return Ok(Some(stored.clone()));
        }
        let stored = self.stored_record(name, version).await?;
        if let Some(stored) = &stored {
            self.cache().records.insert(key, (listed.record.clone(), stored.clone()));
        }
        Ok(stored)
    }

    /// What has become of a version that was listed so.
    async fn state(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
    ) -> Result<VersionState, RegistryError> {
        self.state_with_copies(name, version, listed, &Copies::default()).await
    }

    async fn stored_record(&self, name: &str, version: &Version) -> Result<Option<StoredRecord>, RegistryError> {
        let key = layout::part_key(name, version, Part::Record);
        let Some(bytes) = self.read(&key).await? else { return Ok(None) };
        let record = parse_record(&bytes, name, version)?;
        Ok(Some(StoredRecord { bytes, record, is_signed: false }))
    }

    async fn read(&self, key: &str) -> Result<Option<Bytes>, StorageError> {
        match self.storage.get(key).await {
            Ok(object) => Ok(Some(object.bytes)),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Entries are complete when they are inserted, so a panic elsewhere cannot have left a partial one.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse_record(bytes: &[u8], name: &str, version: &Version) -> Result<Record, RegistryError> {
    let record: Record = parse(bytes, name, version, Part::Record)?;
    if record.name != name || record.version != *version {
        let cause = Cause::Unusable(format!("its record is that of {}", record.id()));
        return Err(load_error(FunctionId::new(name, version.to_string()), cause).into());
    }
    Ok(record)
}

fn parse<T: DeserializeOwned>(bytes: &[u8], name: &str, version: &Version, part: Part) -> Result<T, DamagedRecord> {
    serde_json::from_slice(bytes).map_err(|source| {
        let (part, function) = (part.description(), FunctionId::new(name, version.to_string()));
        DamagedRecord { part, function, source }
    })
}

fn load_error(function: FunctionId, cause: Cause) -> FunctionError {
    FunctionError { function, phase: FailurePhase::Load, cause }
}
