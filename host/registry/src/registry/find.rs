//! Finding and loading functions for the engine.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use quidditch_function::{
    Cause, Code, Deprecated, Disabled, Function, FunctionError, FunctionId, FunctionResolver, NotCalled, StoredScript,
    TrustedCode, error_chain,
};
use quidditch_storage::Version as StoredVersion;
use semver::Version;
use serde::de::DeserializeOwned;

use super::{LoadedKey, Registry, StoredRecord, load_error, parse};
use crate::layout::Part;
use crate::no_code::{Missing, NoCode};
use crate::published_function::PublishedFunction;
use crate::signatures::code_message;
use crate::versions::{ListedVersion, Versions, Wanted, published};
use crate::{Record, RegistryError};
use crate::{ahead_of_time, layout, name};

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionResolver for Registry {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        self.find_or_load(name, version).await.map_err(|error| match error {
            RegistryError::Function(error) => error,
            other => load_error(FunctionId::new(name, version.unwrap_or_default()), cause(other)),
        })
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        self.stored_script(id).await.map_err(|error| load_error(FunctionId::new(id, ""), cause(error)))
    }
}

/// Why a function that is stored cannot be loaded. What is damaged stays so, while a store that fails may answer later.
fn cause(error: RegistryError) -> Cause {
    match error {
        RegistryError::Damaged(_) | RegistryError::DamagedScript { .. } => Cause::Unusable(error_chain(&error)),
        other => Cause::unavailable(other),
    }
}

impl Registry {
    async fn find_or_load(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, RegistryError> {
        let (record, listed) = self.trusted_record(name, version).await?;
        if let Some(cause) = record.unsupported_contract() {
            return Err(load_error(record.id(), cause).into());
        }
        self.check_enabled(&record, &listed).await?;
        let function = self.loaded(&record).await?;
        let digest = record.script.is_none().then(|| record.sha256.clone());
        let deprecation = self.deprecation(&record, &listed).await?.map(|deprecated| deprecated.note);
        Ok(Arc::new(PublishedFunction { function, digest, deprecation }))
    }

    async fn loaded(&self, record: &Record) -> Result<Arc<dyn Function>, RegistryError> {
        let key = LoadedKey { id: record.id(), sha256: record.sha256.clone() };
        if let Some(function) = self.cache().loaded.get(&key) {
            return Ok(Arc::clone(function));
        }
        // Two requests may load the same function at the same time. Either result can be used.
        let function = self.load(record).await?;
        self.cache().loaded.put(key, Arc::clone(&function));
        Ok(function)
    }

    /// Checks that neither a version that was listed so nor its function is disabled.
    pub(super) async fn check_enabled(&self, record: &Record, listed: &ListedVersion) -> Result<(), RegistryError> {
        let Record { name, version, .. } = record;
        let (stored, key) = match (&listed.function_disablement, &listed.disablement) {
            (Some(stored), _) => (stored, layout::function_disabled_key(name)),
            (None, Some(stored)) => (stored, layout::part_key(name, version, Part::Disablement)),
            (None, None) => return Ok(()),
        };
        let disabled: Option<Disabled> = self.note(key, stored, record, Part::Disablement).await?;
        // It may have been enabled since it was listed.
        let Some(Disabled { reason, .. }) = disabled else { return Ok(()) };
        Err(load_error(record.id(), Cause::NotCalled(NotCalled::DisabledInStore(reason))).into())
    }

    /// The deprecation of a version that was listed so.
    async fn deprecation(&self, record: &Record, listed: &ListedVersion) -> Result<Option<Deprecated>, RegistryError> {
        let Some(stored) = &listed.deprecation else { return Ok(None) };
        let key = layout::part_key(&record.name, &record.version, Part::Deprecation);
        self.note(key, stored, record, Part::Deprecation).await
    }

    /// What has become of a version, which is not read again while it is the same in the store.
    async fn note<T: DeserializeOwned>(
        &self,
        key: String,
        stored: &StoredVersion,
        Record { name, version, .. }: &Record,
        part: Part,
    ) -> Result<Option<T>, RegistryError> {
        let cached =
            self.cache().notes.get(&key).filter(|(cached, _)| cached == stored).map(|(_, bytes)| bytes.clone());
        let bytes = match cached {
            Some(bytes) => bytes,
            None => {
                let Some(bytes) = self.read(&key).await? else { return Ok(None) };
                self.cache().notes.put(key, (stored.clone(), bytes.clone()));
                bytes
            }
        };
        Ok(Some(parse(&bytes, name, version, part)?))
    }

    /// The record of the version that a request refers to, trusted or not.
    pub(super) async fn record(&self, name: &str, version: Option<&str>) -> Result<Record, RegistryError> {
        Ok(self.stored_and_listing(name, version).await?.0.record)
    }

    /// The same as it is stored, and how the version is listed.
    pub(super) async fn stored_and_listing(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<(StoredRecord, ListedVersion), RegistryError> {
        let (version, listed) = self.choose(name, version).await?;
        let Some(stored) = self.listed_record(name, &version, &listed).await? else {
            let cause = Cause::NotFound("it was deleted concurrently".to_owned());
            return Err(load_error(FunctionId::new(name, version.to_string()), cause).into());
        };
        Ok((stored, listed))
    }

    /// Checks that a function has a version now, whichever it is.
    pub(super) async fn check_published(&self, name: &str) -> Result<(), RegistryError> {
        let listed =
            if name::is_valid(name) { self.storage.list(&layout::name_prefix(name)).await? } else { Vec::new() };
        if Versions::from_listing(name, &listed, self.clock.monotonic()).by_version.is_empty() {
            return Err(load_error(FunctionId::new(name, ""), self.unknown_name(name).await?).into());
        }
        Ok(())
    }

    /// The requested version, as it is listed. One that is missing in the cached list is searched for in the store.
    async fn choose(&self, name: &str, version: Option<&str>) -> Result<(Version, ListedVersion), RegistryError> {
        let not_found = |cause| load_error(FunctionId::new(name, version.unwrap_or_default()), cause).into();
        let wanted = Wanted::parse(version).map_err(not_found)?;
        if !name::is_valid(name) {
            return Err(not_found(self.unknown_name(name).await?));
        }
        let now = self.clock.monotonic();
        if let Some(versions) = self.cache().versions.get(name)
            && now.saturating_sub(versions.listed) < self.settings.versions_ttl
            && let Ok(chosen) = versions.choose(&wanted)
        {
            return Ok(chosen);
        }
        let versions = Versions::from_listing(name, &self.storage.list(&layout::name_prefix(name)).await?, now);
        if versions.by_version.is_empty() {
            self.cache().versions.remove(name);
            return Err(not_found(self.unknown_name(name).await?));
        }
        let chosen = versions.choose(&wanted);
        let mut cache = self.cache();
        let is_listed =
            |(known, version): &(String, Version)| known != name || versions.by_version.contains_key(version);
        cache.records.retain(|id, _| is_listed(id));
        cache.versions.insert(name.to_owned(), versions);
        chosen.map_err(not_found)
    }

    async fn unknown_name(&self, name: &str) -> Result<Cause, RegistryError> {
        let entries = self.storage.list(layout::ROOT).await?;
        let names: BTreeSet<String> = published(&entries).into_keys().map(|(name, _)| name).collect();
        Ok(Cause::NotFound(name::unknown(name, &names)))
    }

    /// Loads ahead-of-time code if it is trusted, stored, undamaged and compatible with this machine; else compiles the component.
    async fn load(&self, record: &Record) -> Result<Arc<dyn Function>, RegistryError> {
        if let Some(script) = record.published_script() {
            return Ok(script);
        }
        let no_code = match self.load_ahead_of_time(record).await? {
            Ok(function) => return Ok(function),
            Err(no_code) => no_code,
        };
        if !self.loader.can_compile() {
            let reason = format!("{}, and this program cannot compile components", error_chain(&no_code));
            let cause = match no_code {
                NoCode::Untrusted => Cause::Untrusted(reason),
                _ => Cause::Unusable(reason),
            };
            return Err(load_error(record.id(), cause).into());
        }
        let component = self.component(record).await?;
        Ok(self.loader.load(record.id(), Code::Component(&component))?)
    }

    async fn load_ahead_of_time(&self, record: &Record) -> Result<Result<Arc<dyn Function>, NoCode>, RegistryError> {
        let trust = &self.settings.trust;
        if trust.keys.is_empty() && !trust.runs_unsigned_code() {
            return Ok(Err(NoCode::Untrusted));
        }
        let target = self.loader.target();
        let compatibility = self.loader.compatibility(target);
        let key = layout::ahead_of_time_key(&record.name, &record.version, &record.sha256, &compatibility);
        let Some(encoded) = self.read(&key).await? else {
            return Ok(Err(NoCode::Missing(Missing { function: record.id(), target, compatibility })));
        };
        let Some(stored) = ahead_of_time::decode(&record.sha256, &encoded) else { return Ok(Err(NoCode::Damaged)) };
        if !trust.runs_unsigned_code() {
            let message = code_message(record, &compatibility, &stored.digest);
            if !stored.signed_by.is_some_and(|by| by.is_valid(&message, &trust.keys)) {
                return Ok(Err(NoCode::Untrusted));
            }
        }
        let loaded = self.loader.load(record.id(), Code::AheadOfTime(TrustedCode::vouch_for(stored.code)));
        Ok(loaded.map_err(|error| NoCode::Rejected(error.cause)))
    }
}
