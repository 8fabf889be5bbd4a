//! The service: from a request to its response.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{Either, select};
use http::{Request, Response};
use quidditch_clock::Clock;
use quidditch_engine::Engine;
use quidditch_function::{FunctionCatalog, FunctionResolver};
use quidditch_index::{Cost, IndexError, ReadSession, Snapshot, SplitReader};

use crate::answer::Answer;
use crate::call::Call;
use crate::errors::ApiError;
use crate::parameters::Parameters;
use crate::presentation::Presentation;
use crate::router::{Endpoint, route};
use crate::snapshots::Snapshots;
use crate::{Measurements, Settings, body, media_type, routes};

/// What a service works with.
pub struct Parts {
    /// Reads the indices.
    pub reader: Arc<SplitReader>,
    /// Where the engine finds functions.
    pub functions: Arc<dyn FunctionResolver>,
    /// Knows which functions there are.
    pub catalog: Arc<dyn FunctionCatalog>,
    /// Answers searches.
    pub engine: Engine,
    /// Measures how old open indices are, and how long a search has waited.
    pub clock: Arc<dyn Clock>,
}

/// The HTTP API. One value answers any number of requests at a time.
pub struct Service {
    pub(crate) snapshots: Snapshots,
    pub(crate) functions: Arc<dyn FunctionResolver>,
    pub(crate) catalog: Arc<dyn FunctionCatalog>,
    pub(crate) engine: Engine,
    clock: Arc<dyn Clock>,
    settings: Settings,
}

impl Service {
    /// A service. Opens nothing: the first request for an index does.
    pub fn new(parts: Parts, settings: Settings) -> Self {
        let Parts { reader, functions, catalog, engine, clock } = parts;
        let snapshots = Snapshots::new(reader, Arc::clone(&clock), settings.snapshot_max_age, settings.open_indices);
        Service { snapshots, functions, catalog, engine, clock, settings }
    }

    /// How it behaves.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Answers a request. Never fails and never panics: every error is a response. Its extensions have [`Measurements`].
    ///
    /// The executing part of a search computes for as long as it takes, without waiting for anything: a front door with an
    /// asynchronous runtime calls this where that does no harm.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let mut presentation = Presentation::new(&request, self.settings.product_header);
        let answered = AssertUnwindSafe(self.answer(&request, &mut presentation)).catch_unwind().await;
        let mut answer = answered.unwrap_or_else(|panic| Err(ApiError::Panic(message(panic.as_ref()))));
        let measurements = Measurements::of(&mut answer);
        let mut response = presentation.response(answer.unwrap_or_else(ApiError::into_answer));
        response.extensions_mut().insert(measurements);
        response
    }

    /// Opens an index with all of its splits, so that the first search need not.
    ///
    /// # Errors
    /// As [`Snapshot::open`] and [`Snapshot::view_of_all`].
    pub async fn open_index(&self, name: &str) -> Result<(), IndexError> {
        let cost = Arc::new(Cost::default());
        let snapshot = self.snapshots.get(name, &cost).await?;
        snapshot.view_of_all(&ReadSession::new(snapshot.reader(), &cost)).await?;
        Ok(())
    }

    /// An index, open; `None` if there is none of that name and the caller said that this may be.
    pub(crate) async fn snapshot(
        &self,
        name: &str,
        may_be_missing: bool,
        cost: &Cost,
    ) -> Result<Option<Arc<Snapshot>>, ApiError> {
        match self.snapshots.get(name, cost).await {
            Ok(snapshot) => Ok(Some(snapshot)),
            Err(IndexError::NotFound { .. }) if may_be_missing => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for `work`, but no longer than this. A search ends by itself while it computes, with what it has found; so what
    /// is cut off here is waiting for the store.
    pub(crate) async fn within<T>(
        &self,
        time: Duration,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        match select(pin!(work), self.clock.sleep(time)).await {
            Either::Left((result, _)) => result,
            Either::Right(((), _)) => Err(ApiError::TimedOut(time)),
        }
    }

    async fn answer(&self, request: &Request<Bytes>, presentation: &mut Presentation) -> Result<Answer, ApiError> {
        let mut parameters = Parameters::parse(request.uri().query());
        presentation.take_parameters(&mut parameters)?;
        let path = request.uri().path();
        let endpoint = route(request.method(), path)?;
        media_type::check_accept(request.headers())?;
        let body = body::read(request.headers(), request.body(), self.settings.body_bytes)?;
        let call = Call { path: path.to_owned(), parameters, body };
        match endpoint {
            Endpoint::Root => routes::root(call),
            Endpoint::Health => routes::health(call),
            Endpoint::CatIndices => routes::cat_indices(self, call).await,
            Endpoint::Functions => routes::functions(self, call).await,
            Endpoint::Function { name } => routes::function(self, &name, call).await,
            Endpoint::Index { index } => routes::index(self, &index, call).await,
            Endpoint::Mapping { index } => routes::mapping(self, &index, call).await,
            Endpoint::Search { index } => routes::search(self, &index, call).await,
            Endpoint::Count { index } => routes::count(self, &index, call).await,
            Endpoint::Document { index, id } => routes::document(self, &index, &id, call).await,
        }
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}
