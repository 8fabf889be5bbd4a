//! The service: what it consists of, and what all routes share.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::{Either, select};
use quidditch_clock::Clock;
use quidditch_engine::Engine;
use quidditch_function::{FunctionCatalog, FunctionResolver};
use quidditch_index::{Aliases, Cost, IndexError, ReadSession, SplitReader};
use quidditch_supervision::{SupervisedFunctions, Supervisor};

use crate::Settings;
use crate::answer::Answer;
use crate::call::Call;
use crate::deadline::Deadline;
use crate::error::ApiError;
use crate::snapshots::Snapshots;
use crate::store_names::StoreNames;
use crate::warnings::{WarningFunctions, Warnings};
use crate::write_endpoint::WriteEndpoint;

/// What a service is built from.
pub struct Parts {
    /// Reads the indices.
    pub reader: Arc<SplitReader>,
    /// Finds the functions that requests call.
    pub functions: Arc<dyn FunctionResolver>,
    /// Lists the published functions.
    pub catalog: Arc<dyn FunctionCatalog>,
    /// Answers searches.
    pub engine: Engine,
    /// Measures the age of snapshots, and how long a search has waited.
    pub clock: Arc<dyn Clock>,
}

/// Answers the requests that change something. A host gives one to [`Service::with_writes`] if it may write to the store.
#[cfg_attr(not(target_family = "wasm"), async_trait)]
#[cfg_attr(target_family = "wasm", async_trait(?Send))]
pub trait WriteRoutes: Send + Sync {
    /// Answers a request that `service` has received. What it has changed must be visible to the next request: it calls
    /// [`Service::note_change`].
    ///
    /// # Errors
    /// Why the request fails.
    async fn answer(&self, service: &Service, endpoint: WriteEndpoint, call: Call) -> Result<Answer, ApiError>;
}

/// The HTTP API. One value answers any number of concurrent requests. Cheap to clone: clones share everything.
#[derive(Clone)]
pub struct Service {
    pub(crate) snapshots: Arc<Snapshots>,
    pub(crate) names: Arc<StoreNames>,
    pub(crate) functions: Arc<dyn FunctionResolver>,
    pub(crate) catalog: Arc<dyn FunctionCatalog>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) writes: Option<Arc<dyn WriteRoutes>>,
    supervisor: Arc<Supervisor>,
    settings: Arc<Settings>,
}

impl Service {
    /// Creates a service. Indices are opened by the first request for them.
    pub fn new(parts: Parts, settings: Settings) -> Self {
        let Parts { reader, functions, catalog, engine, clock } = parts;
        let names = StoreNames::new(Arc::clone(&reader), Arc::clone(&clock), settings.snapshot_max_age);
        let snapshots = Snapshots::new(reader, Arc::clone(&clock), settings.snapshot_max_age, settings.open_indices);
        let supervisor = Supervisor::new(settings.supervision.clone(), Arc::clone(&clock));
        let functions = Arc::new(SupervisedFunctions::new(functions, Arc::clone(&supervisor)));
        let (snapshots, names, engine) = (Arc::new(snapshots), Arc::new(names), Arc::new(engine));
        Service {
            snapshots,
            names,
            functions,
            catalog,
            engine,
            clock,
            writes: None,
            supervisor,
            settings: Arc::new(settings),
        }
    }

    /// The service as one request sees it: `warnings` gets what its callers are to know of the functions that it finds.
    pub(crate) fn with_warnings(&self, warnings: &Arc<Warnings>) -> Self {
        let functions = Arc::new(WarningFunctions::new(&self.functions, warnings));
        Service { functions, ..self.clone() }
    }

    /// Lets requests change the store. Without this, they are refused with a 403.
    #[must_use]
    pub fn with_writes(self, writes: Arc<dyn WriteRoutes>) -> Self {
        Service { writes: Some(writes), ..self }
    }

    /// Makes the next request see what has changed: indices, aliases, and the index of this name.
    pub fn note_change(&self, index: &str) {
        self.names.expire();
        self.snapshots.expire(index);
    }

    /// Makes the next request see the documents of this index as they are now.
    pub fn note_documents(&self, index: &str) {
        self.snapshots.expire(index);
    }

    /// Reads the indices.
    pub fn reader(&self) -> &Arc<SplitReader> {
        self.snapshots.reader()
    }

    /// Finds the functions that requests call.
    pub fn functions(&self) -> &Arc<dyn FunctionResolver> {
        &self.functions
    }

    /// Watches the calls of functions.
    pub fn supervisor(&self) -> &Arc<Supervisor> {
        &self.supervisor
    }

    /// Answers searches.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The aliases of the store, as they were at most [`Settings::snapshot_max_age`] ago.
    ///
    /// # Errors
    /// As [`Aliases::read`].
    pub async fn aliases(&self) -> Result<Arc<Aliases>, IndexError> {
        self.names.aliases().await
    }

    /// The settings that it was created with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Opens an index with all of its splits, so that the first search does not have to.
    ///
    /// # Errors
    /// As [`quidditch_index::Snapshot::open`] and [`quidditch_index::Snapshot::view_of_all`].
    pub async fn open_index(&self, name: &str) -> Result<(), IndexError> {
        let cost = Arc::new(Cost::default());
        let snapshot = self.snapshots.get(name, &cost).await?;
        snapshot.view_of_all(&ReadSession::new(snapshot.reader(), &cost)).await?;
        Ok(())
    }

    /// The deadline of what begins now.
    pub(crate) fn deadline(&self, time_limit: Duration) -> Deadline {
        Deadline { at: self.clock.monotonic().saturating_add(time_limit), time_limit }
    }

    /// The time that is left until a deadline, rounded up to milliseconds.
    pub(crate) fn left(&self, deadline: Deadline) -> Duration {
        let left = deadline.at.saturating_sub(self.clock.monotonic());
        Duration::from_millis(u64::try_from(left.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX))
    }

    /// Waits for `work`, but not beyond the deadline. A search that is executing checks its deadline itself and ends with
    /// partial results, so what times out here is waiting for storage.
    pub(crate) async fn within<T>(
        &self,
        deadline: Deadline,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        match select(pin!(work), self.clock.sleep(self.left(deadline))).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(ApiError::TimedOut(deadline.time_limit)),
        }
    }
}
