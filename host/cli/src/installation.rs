//! Assembles a store, the functions in it, and the service over both.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use quidditch_clock::{Clock, SystemClock};
use quidditch_engine::Engine;
use quidditch_function::Loader;
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_registry::{Registry, Trust};
use quidditch_sandbox::{LogSink, Sandbox};
use quidditch_service::{Parts, Service};
use quidditch_signing::{PublicKey, SecretKey};
use quidditch_storage::{Storage, StoreUrl};
use quidditch_writes::{WriteParts, Writes};

use crate::arguments::Global;
use crate::compiler::ChildCompiler;
use crate::logged_functions::StoreFunctions;

/// A store with its functions.
pub(crate) struct Installation {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) reader: Arc<SplitReader>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<dyn Clock>,
    registry_settings: quidditch_registry::Settings,
    snapshot_max_age: Duration,
}

/// How a store is opened.
pub(crate) struct OpenSettings {
    /// For reading indices.
    pub(crate) reading: ReadSettings,
    /// How long what is known of the versions of a function is used before the store is asked again.
    pub(crate) registry_max_age: Duration,
    /// Signs what is published.
    pub(crate) signing_key: Option<Arc<SecretKey>>,
}

impl Default for OpenSettings {
    fn default() -> Self {
        let registry_max_age = quidditch_registry::Settings::default().versions_ttl;
        OpenSettings { reading: ReadSettings::default(), registry_max_age, signing_key: None }
    }
}

impl Installation {
    /// Opens the store without reading anything. `log` receives the log messages of functions.
    pub(crate) fn open(global: &Global, log: Option<Arc<dyn LogSink>>) -> Result<Self> {
        Self::open_with(global, log, OpenSettings::default())
    }

    /// Like [`Installation::open`], to publish functions. They are signed with the named key of the key folder, or with the default
    /// one if it exists.
    pub(crate) fn open_to_publish(global: &Global, key: Option<&str>) -> Result<Self> {
        let signing_key = global.key_folder().signing_key(key)?.map(Arc::new);
        Self::open_with(global, None, OpenSettings { signing_key, ..OpenSettings::default() })
    }

    /// Like [`Installation::open`], with settings.
    pub(crate) fn open_with(
        global: &Global,
        log: Option<Arc<dyn LogSink>>,
        open_settings: OpenSettings,
    ) -> Result<Self> {
        let OpenSettings { reading, registry_max_age, signing_key } = open_settings;
        let store = global.store_url()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let storage = quidditch_storage::open(&store, Arc::clone(&clock));
        let keys = global.key_folder().list()?.into_iter().map(|key| key.public).collect();
        let registry_settings = quidditch_registry::Settings {
            versions_ttl: registry_max_age,
            trust: trust(&store, keys, global.require_signatures),
            signing_key,
            ..Default::default()
        };
        let settings = registry_settings.clone();
        let registry = Registry::new(Arc::clone(&storage), loader(log)?, settings, Arc::clone(&clock));
        let reader = Arc::new(SplitReader::new(Arc::clone(&storage), reading));
        // Checking whether an index in a folder has changed takes microseconds, so every request does.
        let remote_max_age = quidditch_service::Settings::default().snapshot_max_age;
        let snapshot_max_age = if store.is_local() { Duration::ZERO } else { remote_max_age };
        let registry = Arc::new(registry);
        Ok(Installation { storage, reader, registry, clock, registry_settings, snapshot_max_age })
    }

    /// The settings of a service over this store.
    pub(crate) fn service_settings(&self) -> quidditch_service::Settings {
        quidditch_service::Settings { snapshot_max_age: self.snapshot_max_age, ..Default::default() }
    }

    /// The HTTP API over the store.
    pub(crate) fn service(&self, engine: Engine, settings: quidditch_service::Settings) -> Service {
        let parts = Parts {
            reader: Arc::clone(&self.reader),
            functions: self.registry.clone(),
            catalog: self.registry.clone(),
            engine,
            clock: Arc::clone(&self.clock),
        };
        Service::new(parts, settings)
    }

    /// What answers requests that change the store.
    pub(crate) fn writes(&self) -> Writes {
        Writes::new(WriteParts {
            storage: Arc::clone(&self.storage),
            registry: Some(Arc::clone(&self.registry)),
            logged_functions: Some(Arc::new(StoreFunctions {
                storage: Arc::clone(&self.storage),
                settings: self.registry_settings.clone(),
                clock: Arc::clone(&self.clock),
            })),
            clock: Arc::clone(&self.clock),
        })
    }
}

/// Anyone who can write to a local folder can replace this program as well. Anyone who can write to a bucket must not be able
/// to run native code here: functions from a bucket are compiled on this machine, unless their code is signed.
fn trust(store: &StoreUrl, keys: Vec<PublicKey>, require_signatures: bool) -> Trust {
    Trust { keys, require_signatures, unsigned_code: store.is_local() }
}

/// Loads components as functions: the sandbox, with its compiler in a child process.
pub(crate) fn loader(log: Option<Arc<dyn LogSink>>) -> Result<Arc<dyn Loader>> {
    let sandbox = Sandbox::new(quidditch_sandbox::SandboxLimits::default(), log)?;
    Ok(Arc::new(ChildCompiler::new(sandbox)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_code_is_trusted_only_in_local_folders() {
        let trusts = |store: &str| {
            let url: StoreUrl = store.parse().expect("valid");
            trust(&url, Vec::new(), false).unsigned_code
        };
        assert!(trusts(".quidditch") && trusts("file:///var/lib/quidditch"));
        assert!(!trusts("s3://bucket") && !trusts("s3://bucket/prefix"));
    }

    #[test]
    fn no_other_store_is_opened() {
        for store in
            ["gs://bucket", "https://host/bucket", "S3://bucket", "arn:aws:s3:::bucket", "memory:", "s3:bucket", ""]
        {
            let global =
                Global { store: store.to_owned(), json: false, require_signatures: false, keys: None, verbose: 0 };
            assert!(Installation::open(&global, None).is_err(), "{store}");
        }
    }
}
