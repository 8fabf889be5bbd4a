//! A complete Quidditch in one process: a store, its functions, and the HTTP API.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use quidditch_clock::Clock;
use quidditch_engine::{Engine, Limits};
use quidditch_function::{FunctionId, FunctionResolver, Provenance};
use quidditch_index::{Cost, IndexError, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, AddReport, IndexWriter, create_index, delete_index};
use quidditch_registry::{Publication, Registry, Trust};
use quidditch_sandbox::{Level, LogSink, Sandbox};
use quidditch_service::{Parts, Service, Settings};
use quidditch_storage::{MemoryStorage, Storage};
use quidditch_supervision::{CircuitSettings, SupervisionSettings};
use quidditch_writes::{
    FunctionLog, LoggedFunctions, LoggedFunctionsError, MemoryIndexer, StoredQueryCheck, WriteParts, Writes,
};
use serde_json::Value as Json;
use tokio::runtime::Runtime;

use crate::{CITIES_MAPPING, EXAMPLES, ScenarioIndex, StandingClock, cities_compressed, component};

/// A store with indices and functions, and a service over it.
pub struct Installation {
    /// The store.
    pub storage: Arc<dyn Storage>,
    /// The functions.
    pub registry: Arc<Registry>,
    /// Reads the indices.
    pub reader: Arc<SplitReader>,
    /// Answers requests.
    pub service: Service,
    /// Like `service`, but reads even the smallest splits by ranges, as it reads large ones.
    pub ranged_service: Service,
    /// What time it is: always the same.
    pub clock: Arc<dyn Clock>,
    runtime: Runtime,
}

/// The functions of the store, with a log for each request.
struct StoreFunctions {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
}

impl LoggedFunctions for StoreFunctions {
    fn with_log(&self, log: &Arc<FunctionLog>) -> Result<Arc<dyn FunctionResolver>, LoggedFunctionsError> {
        let limits = quidditch_sandbox::SandboxLimits { instances: 8, ..Default::default() };
        let sandbox = Sandbox::new(limits, Some(Arc::new(LogOfRequest(Arc::clone(log)))));
        let sandbox = sandbox.map_err(|error| LoggedFunctionsError(Box::new(error)))?;
        let (storage, clock) = (Arc::clone(&self.storage), Arc::clone(&self.clock));
        Ok(Arc::new(Registry::new(storage, Arc::new(sandbox), quidditch_registry::Settings::default(), clock)))
    }
}

struct LogOfRequest(Arc<FunctionLog>);

impl LogSink for LogOfRequest {
    fn log(&self, _: &FunctionId, level: Level, message: &str) {
        self.0.add(level.name(), message);
    }
}

impl Installation {
    /// An empty installation in memory. The functions of a request may run for `function_time`.
    pub fn new(function_time: Duration) -> Self {
        Self::over(Arc::new(MemoryStorage::new()), function_time)
    }

    /// Like [`Installation::new`], over a given store.
    pub fn over(storage: Arc<dyn Storage>, function_time: Duration) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(StandingClock::default());
        let sandbox =
            Sandbox::new(quidditch_sandbox::SandboxLimits::default(), None).expect("the sandbox can be set up");
        let trust = Trust { unsigned_code: true, ..Trust::default() };
        let settings = quidditch_registry::Settings { trust, ..Default::default() };
        let registry = Arc::new(Registry::new(Arc::clone(&storage), Arc::new(sandbox), settings, Arc::clone(&clock)));
        let reader = Arc::new(SplitReader::new(Arc::clone(&storage), ReadSettings::default()));
        let ranged = ReadSettings { whole_split_bytes: 0, ..ReadSettings::default() };
        let ranged_reader = Arc::new(SplitReader::new(Arc::clone(&storage), ranged));
        let service = |reader: &Arc<SplitReader>| {
            let parts = Parts {
                reader: Arc::clone(reader),
                functions: registry.clone(),
                catalog: registry.clone(),
                engine: Engine::new(
                    Limits { max_function_time: function_time, ..Limits::default() },
                    Arc::clone(&clock),
                )
                .with_document_indexer(Arc::new(MemoryIndexer::new(&clock))),
                clock: Arc::clone(&clock),
            };
            // What a function has done to one test must not change what it does in another one.
            let circuit = CircuitSettings { max_failures: None, ..CircuitSettings::default() };
            let supervision = SupervisionSettings { circuit, ..SupervisionSettings::default() };
            // Tests must find what they have added immediately.
            let settings = Settings { snapshot_max_age: Duration::ZERO, supervision, ..Settings::default() };
            let writes = WriteParts {
                storage: Arc::clone(&storage),
                registry: Some(Arc::clone(&registry)),
                logged_functions: Some(Arc::new(StoreFunctions {
                    storage: Arc::clone(&storage),
                    clock: Arc::clone(&clock),
                })),
                clock: Arc::clone(&clock),
            };
            Service::new(parts, settings).with_writes(Arc::new(Writes::new(writes)))
        };
        let (service, ranged_service) = (service(&reader), service(&ranged_reader));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("threads can be started");
        Installation { storage, reader, registry, service, ranged_service, clock, runtime }
    }

    /// Waits for work on the store. Some stores need the runtime that this runs it in.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Creates an empty index.
    pub fn create_index(&self, name: &str, mapping: &str) {
        let json: Json = serde_json::from_str(mapping).expect("the mapping is JSON");
        let mapping = Mapping::from_json(&json).expect("the mapping is valid");
        self.wait(create_index(&self.storage, name, &mapping)).expect("the index is new");
    }

    /// A writer of an index, whose documents may have queries.
    ///
    /// # Errors
    /// [`IndexError::InvalidName`].
    pub fn writer(&self, index: &str) -> Result<IndexWriter, IndexError> {
        let check = Arc::new(StoredQueryCheck::new(&self.clock));
        Ok(IndexWriter::new(&self.storage, &self.clock, index)?.with_query_check(check))
    }

    /// Adds documents, all of which must be valid, as new splits.
    pub fn add(&self, index: &str, documents: &[u8]) -> AddReport {
        let options = AddOptions::default();
        let writer = self.writer(index).expect("a valid name");
        let report = self.wait(writer.add_documents(documents, &options, |_| ())).expect("can be added");
        assert_eq!(report.bad_documents, [], "bad documents for {index}");
        report
    }

    /// Creates the index `cities` with all cities.
    pub fn add_cities(&self) {
        self.create_index("cities", CITIES_MAPPING);
        self.add("cities", cities_compressed());
    }

    /// Makes the index of a scenario.
    pub fn add_scenario_index(&self, index: &ScenarioIndex) {
        self.create_index(&index.name, &index.mapping);
        for documents in &index.splits {
            self.add(&index.name, documents.as_bytes());
        }
    }

    /// Deletes an index.
    pub fn delete_index(&self, name: &str) {
        self.wait(delete_index(&self.storage, name)).expect("the index exists");
    }

    /// Publishes a component as version 1.0.0.
    pub fn publish(&self, name: &str, component: Bytes) {
        let publication = Publication {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            component,
            provenance: Provenance { published_unix_millis: crate::NOW_MILLIS, ..Provenance::default() },
        };
        self.wait(self.registry.publish(&publication)).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }

    /// Publishes the example functions.
    pub fn publish_examples(&self) {
        for name in EXAMPLES {
            self.publish(name, component(name));
        }
    }

    /// The current snapshot of an index.
    pub fn snapshot(&self, index: &str) -> Snapshot {
        self.wait(Snapshot::open(&self.reader, index, &Cost::default())).expect("the index is there")
    }

    /// Sends a request and waits for its response.
    pub fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.wait(self.service.handle(request))
    }

    /// Sends a search; returns the status and the JSON.
    pub fn search(&self, index: &str, body: &Json) -> (u16, Json) {
        let request = Request::builder().method(Method::POST).uri(format!("/{index}/_search"));
        let request = request.header("content-type", "application/json").body(Bytes::from(body.to_string()));
        let response = self.send(request.expect("a valid request"));
        let json = serde_json::from_slice(response.body()).expect("every answer is JSON");
        (response.status().as_u16(), json)
    }
}
