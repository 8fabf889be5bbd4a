//! How the parts are put together: a store, the functions in it, and the service over both.

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
use quidditch_storage::Storage;

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
    /// Opens the store; reads nothing yet. `log` takes what functions log.
    pub(crate) fn open(global: &Global, log: Option<Arc<dyn LogSink>>) -> Result<Self> {
        Self::open_with(global, log, ReadSettings::default())
    }

    /// The same, with indices read in another way.
    pub(crate) fn open_with(
        global: &Global,
        log: Option<Arc<dyn LogSink>>,
        read_settings: ReadSettings,
    ) -> Result<Self> {
        let storage = quidditch_storage::open(&global.store)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let is_shared = global.store.starts_with("s3://");
        // Who can write to a folder of this machine can replace this program's other files, too. Who can write to a bucket
        // cannot, and shall not run native code here: what is in a bucket is compiled anew.
        let settings = quidditch_registry::Settings { trust_ahead_of_time_code: !is_shared, ..Default::default() };
        let registry = Registry::new(Arc::clone(&storage), loader(log)?, settings, Arc::clone(&clock));
        let reader = Arc::new(SplitReader::new(Arc::clone(&storage), read_settings));
        // To see whether an index in a folder has changed takes microseconds, so every request looks.
        let lives = quidditch_service::Settings::default().snapshot_max_age;
        let snapshot_max_age = if is_shared { lives } else { Duration::ZERO };
        Ok(Installation { storage, reader, registry: Arc::new(registry), clock, snapshot_max_age })
    }

    /// The HTTP API over the store; whether with the header that Elasticsearch's own clients insist on.
    pub(crate) fn service(&self, engine: Engine, product_header: bool) -> Service {
        let parts = Parts {
            reader: Arc::clone(&self.reader),
            functions: self.registry.clone(),
            catalog: self.registry.clone(),
            engine,
            clock: Arc::clone(&self.clock),
        };
        let settings = quidditch_service::Settings {
            snapshot_max_age: self.snapshot_max_age,
            product_header,
            ..Default::default()
        };
        Service::new(parts, settings)
    }
}

/// What makes functions of components: the sandbox, with a compiler in a process of its own.
pub(crate) fn loader(log: Option<Arc<dyn LogSink>>) -> Result<Arc<dyn Loader>> {
    let sandbox = Sandbox::new(quidditch_sandbox::Limits::default(), log)?;
    Ok(Arc::new(ChildCompiler::new(sandbox)))
}
