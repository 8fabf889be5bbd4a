//! The search function: answers HTTP requests that arrive as events.

use std::sync::Arc;
use std::thread;

use anyhow::Result;
use quidditch_clock::{Clock, SystemClock};
use quidditch_engine::{Engine, Limits};
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_registry::Registry;
use quidditch_sandbox::{Precompiled, Sandbox};
use quidditch_service::{Parts, Service, Settings};
use quidditch_storage::{Counting, S3Settings, Storage, open_s3};
use quidditch_supervision::SupervisionSettings;
use serde_json::value::RawValue;

use crate::event;
use crate::http_events::HttpEvents;
use crate::log::FunctionLog;
use crate::metrics::Metrics;
use crate::settings::SearchSettings;
use crate::statistics_log::StatisticsLog;

/// Maximum number of concurrent instances of user functions. 256: a request has at most 32 function clauses, each with an
/// instance on each of at most 6 processors.
const INSTANCES: u32 = 256;

/// Answers requests. Lives as long as the process.
pub(crate) struct Search {
    pub(crate) registry: Arc<Registry>,
    pub(crate) http: HttpEvents,
}

impl Search {
    /// Assembles the service without reading anything.
    pub(crate) fn new(settings: &SearchSettings) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let bucket = open_s3(&settings.store, S3Settings::default(), Arc::clone(&clock));
        let storage = Arc::new(Counting::new(bucket));
        let counted: Arc<dyn Storage> = storage.clone();
        let limits = quidditch_sandbox::SandboxLimits { instances: INSTANCES, ..Default::default() };
        let sandbox = Precompiled::new(Sandbox::new(limits, Some(Arc::new(FunctionLog)))?);
        let registry_settings = quidditch_registry::Settings {
            versions_ttl: settings.snapshot_max_age,
            trust: settings.trust.clone(),
            ..Default::default()
        };
        let registry =
            Arc::new(Registry::new(Arc::clone(&counted), Arc::new(sandbox), registry_settings, Arc::clone(&clock)));
        let read_settings = ReadSettings {
            memory_cache_bytes: settings.memory_cache_bytes,
            disk_cache: settings.disk_cache.clone(),
            ..ReadSettings::default()
        };
        let parts = Parts {
            reader: Arc::new(SplitReader::new(counted, read_settings)),
            functions: registry.clone(),
            catalog: registry.clone(),
            engine: engine(settings, Arc::clone(&clock))?,
            clock: Arc::clone(&clock),
        };
        let service_settings = Settings {
            snapshot_max_age: settings.snapshot_max_age,
            product_header: settings.product_header,
            supervision: SupervisionSettings {
                disabled: settings.disabled_functions.clone(),
                // There is one request at a time.
                max_instances: INSTANCES,
                ..SupervisionSettings::default()
            },
            ..Settings::default()
        };
        let service = Service::new(parts, service_settings);
        let (metrics, statistics) = (Metrics::new(&settings.metrics), StatisticsLog::default());
        Ok(Search { registry, http: HttpEvents { storage, service, clock, metrics, statistics } })
    }

    /// Answers an event before Lambda's deadline, in milliseconds since the Unix epoch. Every error is a response.
    pub(crate) async fn handle(&self, event: &RawValue, deadline_millis: u64) -> Box<RawValue> {
        self.http.handle(event::request(event.get()), deadline_millis).await
    }
}

/// An engine with a thread for each processor: the more memory a Lambda function has, the more processors.
fn engine(settings: &SearchSettings, clock: Arc<dyn Clock>) -> Result<Engine> {
    let limits = Limits { timeout: settings.timeout, ..Limits::default() };
    let limits = limits.with_request_memory(settings.request_memory_bytes);
    let engine = Engine::new(limits, clock).with_filter_cache(settings.filter_cache_bytes as usize);
    let processors = thread::available_parallelism().map_or(1, usize::from);
    Ok(if processors > 1 { engine.with_threads(processors)? } else { engine })
}
