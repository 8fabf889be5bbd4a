//! The registry: publishes functions, and finds them for the engine.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::try_join_all;
use quidditch_clock::Clock;
use quidditch_function::{
    Cause, Code, FailurePhase, Function, FunctionError, FunctionId, FunctionResolver, Loader, Target, TrustedCode,
};
use quidditch_storage::{Precondition, Storage, StorageError};
use semver::Version;

use crate::ahead_of_time;
use crate::digest::sha256_hex;
use crate::layout;
use crate::loaded::{Loaded, LoadedKey};
use crate::name;
use crate::versions::{Versions, Wanted};
use crate::{Publication, Published, Record, RegistryError, Settings};

/// Records read at one time when all functions are listed.
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
    /// The record of a version, with the version that it had in the store.
    records: HashMap<(String, Version), (quidditch_storage::Version, Record)>,
    loaded: Loaded,
}

impl Registry {
    /// The functions in a store; `loader` makes functions of components, `clock` tells how old cached listings are.
    pub fn new(storage: Arc<dyn Storage>, loader: Arc<dyn Loader>, settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let loaded = Loaded::new(settings.loaded_functions);
        let cache = Mutex::new(Cache { versions: HashMap::new(), records: HashMap::new(), loaded });
        Registry { storage, loader, settings, clock, cache }
    }

    /// Publishes a component, with code compiled ahead of time for machines like this one.
    ///
    /// Publishing the same component under the same version again changes nothing but to add the ahead-of-time code.
    ///
    /// # Errors
    /// [`RegistryError::VersionTaken`] if the version has another component; [`RegistryError::Function`] if the component
    /// cannot be used.
    pub async fn publish(&self, publication: &Publication) -> Result<Published, RegistryError> {
        self.publish_for(publication, &[]).await
    }

    /// As [`Registry::publish`], with code for machines of these targets, too.
    ///
    /// # Errors
    /// As [`Registry::publish`].
    pub async fn publish_for(&self, publication: &Publication, targets: &[Target]) -> Result<Published, RegistryError> {
        if !name::is_valid(&publication.name) {
            return Err(RegistryError::InvalidName(publication.name.clone()));
        }
        let version = parse_version(&publication.version)?;
        let id = FunctionId::new(publication.name.as_str(), version.to_string());
        let sha256 = sha256_hex(&publication.component);
        let existing = self.existing_record(&id.name, &version).await?;
        if existing.is_some_and(|existing| existing.sha256 != sha256) {
            return Err(RegistryError::VersionTaken(id));
        }

        let code = self.loader.compile(&id, &publication.component, Target::ThisMachine)?;
        // Compiled right here, so it is as trusted as the compiler.
        let function = self.loader.load(id.clone(), Code::AheadOfTime(TrustedCode::vouch_for(&code)))?;
        let record = Record::new(publication, version, sha256, function.metadata());

        let component_key = layout::component_key(&record.name, &record.version, &record.sha256);
        self.put_unless_there(&component_key, publication.component.clone()).await?;
        self.put_code(&record, Target::ThisMachine, &code).await?;
        self.put_code_for(&record, &publication.component, targets).await?;
        self.put_record(record).await
    }

    /// Compiles a published function for machines of these targets; its highest release where `version` is `None`.
    ///
    /// # Errors
    /// [`RegistryError::Function`] if there is no such function or it cannot be compiled.
    pub async fn compile(
        &self,
        name: &str,
        version: Option<&str>,
        targets: &[Target],
    ) -> Result<Record, RegistryError> {
        let record = self.record(name, version).await?;
        let component = self.component(&record).await?;
        self.put_code_for(&record, &component, targets).await?;
        Ok(record)
    }

    /// A published function: its record and its component, as they are in the store; its highest release where `version` is
    /// `None`.
    ///
    /// # Errors
    /// [`RegistryError::Function`] if there is no such function, or its component is damaged.
    pub async fn component_of(&self, name: &str, version: Option<&str>) -> Result<(Record, Bytes), RegistryError> {
        let record = self.record(name, version).await?;
        let component = self.component(&record).await?;
        Ok((record, component))
    }

    /// All published functions, by name and version.
    pub async fn list(&self) -> Result<Vec<Record>, RegistryError> {
        let entries = self.storage.list(layout::ROOT).await?;
        let mut functions: Vec<_> = entries.iter().filter_map(|entry| layout::function_of_record(&entry.key)).collect();
        functions.sort();
        let mut records = Vec::with_capacity(functions.len());
        for chunk in functions.chunks(PARALLEL_READS) {
            let reads = chunk.iter().map(|(name, version)| self.existing_record(name, version));
            // One that is gone was deleted since it was listed.
            records.extend(try_join_all(reads).await?.into_iter().flatten());
        }
        Ok(records)
    }

    /// One published function; its highest release where `version` is `None`.
    pub async fn show(&self, name: &str, version: Option<&str>) -> Result<Record, RegistryError> {
        self.record(name, version).await
    }

    /// Deletes one version of a function. Requests that have it go on; another process can still find it for
    /// [`Settings::versions_ttl`].
    pub async fn delete(&self, name: &str, version: &str) -> Result<(), RegistryError> {
        let record = self.record(name, Some(version)).await?;
        // The record first: without it there is no such function, whatever else is still there.
        self.storage.delete(&layout::record_key(name, &record.version)).await?;
        self.cache().versions.remove(name);
        for entry in self.storage.list(&layout::version_prefix(name, &record.version)).await? {
            self.storage.delete(&entry.key).await?;
        }
        Ok(())
    }

    /// Writes the record, which publishes the function.
    async fn put_record(&self, record: Record) -> Result<Published, RegistryError> {
        let json = serde_json::to_vec_pretty(&record).expect("a record has no maps with keys other than texts");
        let key = layout::record_key(&record.name, &record.version);
        let written = self.storage.put(&key, json.into(), Precondition::Absent).await;
        self.cache().versions.remove(&record.name);
        match written {
            Ok(_) => Ok(Published { record, new: true }),
            Err(StorageError::PreconditionFailed { .. }) => {
                match self.existing_record(&record.name, &record.version).await? {
                    Some(existing) if existing.sha256 == record.sha256 => {
                        Ok(Published { record: existing, new: false })
                    }
                    _ => {
                        let id = FunctionId::new(record.name, record.version.to_string());
                        Err(RegistryError::VersionTaken(id))
                    }
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes an object whose key says what is in it: one that is there already is the same.
    async fn put_unless_there(&self, key: &str, bytes: Bytes) -> Result<(), StorageError> {
        match self.storage.put(key, bytes, Precondition::Absent).await {
            Ok(_) | Err(StorageError::PreconditionFailed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn put_code_for(&self, record: &Record, component: &[u8], targets: &[Target]) -> Result<(), RegistryError> {
        let id = FunctionId::new(record.name.as_str(), record.version.to_string());
        for target in targets {
            let code = self.loader.compile(&id, component, *target)?;
            self.put_code(record, *target, &code).await?;
        }
        Ok(())
    }

    async fn put_code(&self, record: &Record, target: Target, code: &[u8]) -> Result<(), RegistryError> {
        let Record { name, version, sha256, .. } = record;
        let key = layout::ahead_of_time_key(name, version, sha256, &self.loader.compatibility(target));
        self.storage.put(&key, ahead_of_time::seal(code), Precondition::None).await?;
        Ok(())
    }

    /// The component of a function, whole.
    async fn component(&self, record: &Record) -> Result<Bytes, RegistryError> {
        let key = layout::component_key(&record.name, &record.version, &record.sha256);
        let component = self.storage.get(&key).await?.bytes;
        if sha256_hex(&component) != record.sha256 {
            let cause = Cause::Unusable("its component in the store is damaged: the digest does not match".to_owned());
            return Err(load_error(FunctionId::new(record.name.as_str(), record.version.to_string()), cause).into());
        }
        Ok(component)
    }

    async fn existing_record(&self, name: &str, version: &Version) -> Result<Option<Record>, RegistryError> {
        match self.storage.get(&layout::record_key(name, version)).await {
            Ok(object) => serde_json::from_slice(&object.bytes).map(Some).map_err(|source| RegistryError::Damaged {
                function: FunctionId::new(name, version.to_string()),
                source,
            }),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The record of the function that is meant.
    async fn record(&self, name: &str, version: Option<&str>) -> Result<Record, RegistryError> {
        let (version, stored) = self.choose(name, version).await?;
        let key = (name.to_owned(), version);
        if let Some((of_stored, record)) = self.cache().records.get(&key)
            && *of_stored == stored
        {
            return Ok(record.clone());
        }
        let Some(record) = self.existing_record(name, &key.1).await? else {
            let cause = Cause::NotFound("it was deleted just now".to_owned());
            return Err(load_error(FunctionId::new(name, key.1.to_string()), cause).into());
        };
        self.cache().records.insert(key, (stored, record.clone()));
        Ok(record)
    }

    /// Which version is meant, with the version that its record has in the store. What is not in a cached list is looked
    /// for in the store before it counts as missing.
    async fn choose(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<(Version, quidditch_storage::Version), RegistryError> {
        let wanted = version.map_or(Wanted::HighestRelease, Wanted::Exactly);
        let not_found = |cause| load_error(FunctionId::new(name, version.unwrap_or_default()), cause).into();
        if !name::is_valid(name) {
            return Err(not_found(self.unknown_name(name).await?));
        }
        let now = self.clock.monotonic();
        if let Some(versions) = self.cache().versions.get(name)
            && now.saturating_sub(versions.listed) < self.settings.versions_ttl
            && let Ok(chosen) = versions.choose(wanted)
        {
            return Ok(chosen);
        }
        let versions = Versions::of_listing(self.storage.list(&layout::name_prefix(name)).await?, now);
        if versions.records.is_empty() {
            self.cache().versions.remove(name);
            return Err(not_found(self.unknown_name(name).await?));
        }
        let chosen = versions.choose(wanted);
        let mut cache = self.cache();
        cache.records.retain(|(known, version), _| known != name || versions.records.contains_key(version));
        cache.versions.insert(name.to_owned(), versions);
        chosen.map_err(not_found)
    }

    async fn unknown_name(&self, name: &str) -> Result<Cause, RegistryError> {
        Ok(Cause::NotFound(name::unknown(name, &self.names().await?)))
    }

    async fn names(&self) -> Result<BTreeSet<String>, RegistryError> {
        let entries = self.storage.list(layout::ROOT).await?;
        let names = entries.iter().filter_map(|entry| layout::function_of_record(&entry.key));
        Ok(names.map(|(name, _)| name.to_owned()).collect())
    }

    /// From ahead-of-time code where that is trusted, there, whole, and fit for this machine; else from the component.
    async fn load(&self, record: &Record, id: &FunctionId) -> Result<Arc<dyn Function>, RegistryError> {
        let no_code = match self.load_ahead_of_time(record, id).await? {
            Ok(function) => return Ok(function),
            Err(reason) => reason,
        };
        if !self.loader.can_compile() {
            let cause = Cause::Unusable(format!("{no_code}, and this program cannot compile its component"));
            return Err(load_error(id.clone(), cause).into());
        }
        let component = self.component(record).await?;
        Ok(self.loader.load(id.clone(), Code::Component(&component))?)
    }

    /// The inner error says why there is no code to be used.
    async fn load_ahead_of_time(
        &self,
        record: &Record,
        id: &FunctionId,
    ) -> Result<Result<Arc<dyn Function>, String>, RegistryError> {
        if !self.settings.trust_ahead_of_time_code {
            return Ok(Err("ahead-of-time code from this store is not trusted".to_owned()));
        }
        let target = self.loader.target();
        let compatibility = self.loader.compatibility(target);
        let key = layout::ahead_of_time_key(&record.name, &record.version, &record.sha256, &compatibility);
        let sealed = match self.storage.get(&key).await {
            Ok(object) => object.bytes,
            Err(StorageError::NotFound { .. }) => {
                return Ok(Err(no_code(id, target, &compatibility)));
            }
            Err(error) => return Err(error.into()),
        };
        let Some(code) = ahead_of_time::open(&sealed) else {
            return Ok(Err("its ahead-of-time code is damaged: the digest does not match".to_owned()));
        };
        let loaded = self.loader.load(id.clone(), Code::AheadOfTime(TrustedCode::vouch_for(code)));
        Ok(loaded.map_err(|error| error.cause.to_string()))
    }

    async fn find_or_load(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, RegistryError> {
        let record = self.record(name, version).await?;
        let id = FunctionId::new(record.name.as_str(), record.version.to_string());
        let key = LoadedKey { id: id.clone(), sha256: record.sha256.clone() };
        if let Some(function) = self.cache().loaded.get(&key) {
            return Ok(function);
        }
        // Two requests may load the same function at one time; both get a good one.
        let function = self.load(&record, &id).await?;
        self.cache().loaded.insert(key, Arc::clone(&function));
        Ok(function)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // Every entry is whole before it is put in, so a panic elsewhere cannot have left half of one.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionResolver for Registry {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        self.find_or_load(name, version).await.map_err(|error| match error {
            RegistryError::Function(error) => error,
            other => {
                let cause = Cause::Unavailable(with_sources(&other));
                load_error(FunctionId::new(name, version.unwrap_or_default()), cause)
            }
        })
    }
}

/// Why there is no code for a loader, and how to make it.
fn no_code(id: &FunctionId, target: Target, compatibility: &str) -> String {
    match target {
        Target::ThisMachine => format!("it has no ahead-of-time code for this machine [{compatibility}]"),
        named => format!(
            "it has no ahead-of-time code for [{compatibility}] (make it with `quidditch udf compile {id} --target {named}`)"
        ),
    }
}

fn load_error(function: FunctionId, cause: Cause) -> FunctionError {
    FunctionError { function, phase: FailurePhase::Load, cause }
}

fn parse_version(version: &str) -> Result<Version, RegistryError> {
    Version::parse(version).map_err(|source| RegistryError::InvalidVersion { version: version.to_owned(), source })
}

/// An error with its causes: a function's cause is a text.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
