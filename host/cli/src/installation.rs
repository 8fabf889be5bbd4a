//! Assembles a store, the functions in it, and the service over both.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use quidditch_clock::{Clock, SystemClock};
use quidditch_engine::Engine;
use quidditch_function::Loader;
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_registry::Registry;
use quidditch_sandbox::{LogSink, Sandbox};
use quidditch_service::{Parts, Service};
use quidditch_storage::{Storage, StoreUrl};
use quidditch_writes::{WriteParts, Writes};

use crate::arguments::Global;
use crate::compiler::ChildCompiler;

/// A store with its functions.
pub(crate) struct Installation {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) reader: Arc<SplitReader>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<dyn Clock>,
    snapshot_max_age: Duration,
}

impl Installation {
    /// Opens the store without reading anything. `log` receives the log messages of functions.
    pub(crate) fn open(global: &Global, log: Option<Arc<dyn LogSink>>) -> Result<Self> {
        Self::open_with(global, log, ReadSettings::default())
    }

    /// Like [`Installation::open`], with settings for reading indices.
    pub(crate) fn open_with(
        global: &Global,
        log: Option<Arc<dyn LogSink>>,
        read_settings: ReadSettings,
    ) -> Result<Self> {
        let store = global.store_url()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let storage = quidditch_storage::open(&store, Arc::clone(&clock));
        let settings = registry_settings(&store);
        let registry = Registry::new(Arc::clone(&storage), loader(log)?, settings, Arc::clone(&clock));
        let reader = Arc::new(SplitReader::new(Arc::clone(&storage), read_settings));
        // Checking whether an index in a folder has changed takes microseconds, so every request does.
        let remote_max_age = quidditch_service::Settings::default().snapshot_max_age;
        let snapshot_max_age = if store.is_local() { Duration::ZERO } else { remote_max_age };
        Ok(Installation { storage, reader, registry: Arc::new(registry), clock, snapshot_max_age })
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
            clock: Arc::clone(&self.clock),
        })
    }
}

/// Anyone who can write to a local folder can replace this program as well. Anyone who can write to a bucket must not be able
/// to run native code here: functions from a bucket are compiled on this machine.
fn registry_settings(store: &StoreUrl) -> quidditch_registry::Settings {
    quidditch_registry::Settings { trust_ahead_of_time_code: store.is_local(), ..Default::default() }
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
            registry_settings(&url).trust_ahead_of_time_code
        };
        assert!(trusts(".quidditch") && trusts("file:///var/lib/quidditch"));
        assert!(!trusts("s3://bucket") && !trusts("s3://bucket/prefix"));
    }

    #[test]
    fn no_other_store_is_opened() {
        for store in
            ["gs://bucket", "https://host/bucket", "S3://bucket", "arn:aws:s3:::bucket", "memory:", "s3:bucket", ""]
        {
            let global = Global { store: store.to_owned(), json: false, verbose: 0 };
            assert!(Installation::open(&global, None).is_err(), "{store}");
        }
    }
}
