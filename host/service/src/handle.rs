//! From a request to its response.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use http::{Request, Response};

use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::measurements::take_measurements;
use crate::parameters::Parameters;
use crate::presentation::Presentation;
use crate::router::{Endpoint, route};
use crate::{Service, body, media_type, routes};

impl Service {
    /// Answers a request within the time limit of the engine. Never fails and never panics: every error is a response. The
    /// response has [`Measurements`](crate::Measurements) in its extensions.
    ///
    /// Executing a search is CPU-bound and does not yield: a host with an asynchronous runtime should call this on a thread
    /// that may block.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.handle_within(request, Duration::MAX).await
    }

    /// As [`Service::handle`], for a host that needs the response within this time.
    pub async fn handle_within(&self, request: Request<Bytes>, time: Duration) -> Response<Bytes> {
        let mut presentation = Presentation::new(&request, self.settings());
        let time = time.min(self.engine.limits().timeout);
        let deadline = self.clock.monotonic().saturating_add(time);
        let answer = self.within(time, self.answer(&request, &mut presentation, deadline));
        let answered = AssertUnwindSafe(answer).catch_unwind().await;
        let mut answer = answered.unwrap_or_else(|panic| Err(ApiError::Panic(panic_message(panic.as_ref()))));
        let measurements = take_measurements(&mut answer);
        let mut response = presentation.response(answer.unwrap_or_else(ApiError::into_answer));
        response.extensions_mut().insert(measurements);
        response
    }

    async fn answer(
        &self,
        request: &Request<Bytes>,
        presentation: &mut Presentation,
        deadline: Duration,
    ) -> Result<Answer, ApiError> {
        let mut parameters = Parameters::parse(request.uri().query());
        presentation.take_parameters(&mut parameters)?;
        let path = request.uri().path();
        let endpoint = route(request.method(), path)?;
        media_type::check_accept(request.headers())?;
        let body = body::decode(request.headers(), request.body(), self.settings().body_bytes)?;
        let call = Call { path: path.to_owned(), parameters, body, deadline };
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

/// The message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}
