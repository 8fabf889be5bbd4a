//! Finding and loading functions for the engine.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use quidditch_function::{
    Cause, Code, Function, FunctionError, FunctionId, FunctionResolver, StoredScript, TrustedCode,
};
use quidditch_storage::StorageError;
use semver::Version;

use super::{LoadedKey, Registry, load_error};
use crate::no_code::{Missing, NoCode};
use crate::versions::{Versions, Wanted};
use crate::{Record, RegistryError};
use crate::{ahead_of_time, layout, name};

#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
impl FunctionResolver for Registry {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        self.find_or_load(name, version).await.map_err(|error| match error {
            RegistryError::Function(error) => error,
            other => load_error(FunctionId::new(name, version.unwrap_or_default()), Cause::unavailable(other)),
        })
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        self.stored_script(id).await.map_err(|error| load_error(FunctionId::new(id, ""), Cause::unavailable(error)))
    }
}

impl Registry {
    async fn find_or_load(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, RegistryError> {
        let record = self.record(name, version).await?;
        if let Some(cause) = record.unsupported_contract() {
            return Err(load_error(record.id(), cause).into());
        }
        let key = LoadedKey { id: record.id(), sha256: record.sha256.clone() };
        if let Some(function) = self.cache().loaded.get(&key) {
            return Ok(Arc::clone(function));
        }
        // Two requests may load the same function at the same time. Either result can be used.
        let function = self.load(&record).await?;
        self.cache().loaded.put(key, Arc::clone(&function));
        Ok(function)
    }

    /// The record of a version; of the highest release if `version` is `None`.
    pub(super) async fn record(&self, name: &str, version: Option<&str>) -> Result<Record, RegistryError> {
        let (version, stored) = self.choose(name, version).await?;
        let key = (name.to_owned(), version);
        if let Some((cached, record)) = self.cache().records.get(&key)
            && *cached == stored
        {
            return Ok(record.clone());
        }
        let Some(record) = self.existing_record(name, &key.1).await? else {
            let cause = Cause::NotFound("it was deleted concurrently".to_owned());
            return Err(load_error(FunctionId::new(name, key.1.to_string()), cause).into());
        };
        self.cache().records.insert(key, (stored, record.clone()));
        Ok(record)
    }

    /// The requested version, with the version of its record in the store. A version that is missing in the cached list is
    /// searched for in the store.
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
        let versions = Versions::from_listing(self.storage.list(&layout::name_prefix(name)).await?, now);
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
        let entries = self.storage.list(layout::ROOT).await?;
        let names = entries.iter().filter_map(|entry| layout::function_of_record(&entry.key));
        let names: BTreeSet<String> = names.map(|(name, _)| name.to_owned()).collect();
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
            let cause = Cause::Unusable(format!("{no_code}, and this program cannot compile components"));
            return Err(load_error(record.id(), cause).into());
        }
        let component = self.component(record).await?;
        Ok(self.loader.load(record.id(), Code::Component(&component))?)
    }

    async fn load_ahead_of_time(&self, record: &Record) -> Result<Result<Arc<dyn Function>, NoCode>, RegistryError> {
        if !self.settings.trust_ahead_of_time_code {
            return Ok(Err(NoCode::Untrusted));
        }
        let target = self.loader.target();
        let compatibility = self.loader.compatibility(target);
        let key = layout::ahead_of_time_key(&record.name, &record.version, &record.sha256, &compatibility);
        let encoded = match self.storage.get(&key).await {
            Ok(object) => object.bytes,
            Err(StorageError::NotFound { .. }) => {
                return Ok(Err(NoCode::Missing(Missing { function: record.id(), target, compatibility })));
            }
            Err(error) => return Err(error.into()),
        };
        let Some(code) = ahead_of_time::decode(&encoded) else { return Ok(Err(NoCode::Damaged)) };
        let loaded = self.loader.load(record.id(), Code::AheadOfTime(TrustedCode::vouch_for(code)));
        Ok(loaded.map_err(|error| NoCode::Rejected(error.cause)))
    }
}
