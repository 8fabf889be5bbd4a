//! The registry.

mod find;
mod lifecycle;
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
use quidditch_function::{
    Cause, Deprecated, FailurePhase, Function, FunctionError, FunctionId, Loader, StoredScript, VersionState,
};
use quidditch_storage::{Storage, StorageError};
use semver::Version;
use serde::de::DeserializeOwned;

use crate::digest::sha256_hex;
use crate::layout::{self, Part};
use crate::versions::{ListedVersion, Versions, published};
use crate::{DamagedRecord, PublishedVersion, Record, RegistryError, Settings};

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
    /// The same for deprecations.
    deprecations: HashMap<(String, Version), (quidditch_storage::Version, Deprecated)>,
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
            deprecations: HashMap::new(),
            loaded: LruCache::new(capacity),
            scripts: LruCache::new(capacity),
        };
        Registry { storage, loader, settings, clock, cache: Mutex::new(cache) }
    }

    /// All published versions, sorted by name and version. A damaged record does not affect the others.
    pub async fn list(&self) -> Result<Vec<Result<PublishedVersion, DamagedRecord>>, RegistryError> {
        let functions: Vec<_> = published(self.storage.list(layout::ROOT).await?).into_iter().collect();
        let mut versions = Vec::with_capacity(functions.len());
        for chunk in functions.chunks(PARALLEL_READS) {
            let reads = chunk.iter().map(|((name, version), listed)| self.listed_version(name, version, listed));
            // A missing record was deleted after the listing.
            versions.extend(try_join_all(reads).await?.into_iter().flatten());
        }
        Ok(versions)
    }

    /// One published version. `version` is a version, or what it must satisfy, such as `^1.2`; `None` takes the highest release.
    ///
    /// # Errors
    /// [`RegistryError::Function`] if there is no such version.
    pub async fn show(&self, name: &str, version: Option<&str>) -> Result<PublishedVersion, RegistryError> {
        let (record, listed) = self.record_and_listing(name, version).await?;
        let state = self.state(name, &record.version, &listed).await?;
        Ok(PublishedVersion { record, state })
    }

    /// The record and the component of a published version, chosen as by [`Registry::show`].
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

    /// A version for a list, in which a damaged one is an entry.
    async fn listed_version(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
    ) -> Result<Option<Result<PublishedVersion, DamagedRecord>>, RegistryError> {
        match self.read_version(name, version, listed).await {
            Ok(version) => Ok(version.map(Ok)),
            Err(RegistryError::Damaged(damaged)) => Ok(Some(Err(damaged))),
            Err(error) => Err(error),
        }
    }

    async fn read_version(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
    ) -> Result<Option<PublishedVersion>, RegistryError> {
        let Some(record) = self.existing_record(name, version).await? else { return Ok(None) };
        let state = self.state(name, version, listed).await?;
        Ok(Some(PublishedVersion { record, state }))
    }

    /// What has become of a version that was listed so.
    async fn state(
        &self,
        name: &str,
        version: &Version,
        listed: &ListedVersion,
    ) -> Result<VersionState, RegistryError> {
        let mut state = VersionState::default();
        if listed.yank.is_some() {
            state.yanked = self.read_part(name, version, Part::Yank).await?;
        }
        if listed.deprecation.is_some() {
            state.deprecated = self.read_part(name, version, Part::Deprecation).await?;
        }
        Ok(state)
    }

    async fn existing_record(&self, name: &str, version: &Version) -> Result<Option<Record>, RegistryError> {
        self.read_part(name, version, Part::Record).await
    }

    /// Reads a part of a version; `None` if there is none.
    async fn read_part<T: DeserializeOwned>(
        &self,
        name: &str,
        version: &Version,
        part: Part,
    ) -> Result<Option<T>, RegistryError> {
        match self.storage.get(&layout::part_key(name, version, part)).await {
            Ok(object) => match serde_json::from_slice(&object.bytes) {
                Ok(value) => Ok(Some(value)),
                Err(source) => {
                    let (part, function) = (part.description(), FunctionId::new(name, version.to_string()));
                    Err(DamagedRecord { part, function, source }.into())
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
