//! One connection: requests in, responses out.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service as HyperService;
use hyper_util::rt::{TokioIo, TokioTimer};
use quidditch_service::{
    Access, Measurements, ReadsBody, RequestBody, ResolvedRoute, compress, error_response, read_body,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tracing::{Instrument, Span};

use super::access::Decision;
use super::metrics::Metrics;
use super::pieces::pieces;
use super::shared::Server;
use super::traces::RequestSpan;

/// How much of a request body that is not needed is read and discarded, and for how long.
struct Skipped {
    bytes: usize,
    time: Duration,
}

/// For a request that is rejected before its body is read.
const OF_REFUSED: Skipped = Skipped { bytes: 1 << 20, time: Duration::from_secs(1) };

/// Serves HTTP on a connection until it closes.
pub(super) fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    server: Arc<Server>,
) -> http1::Connection<TokioIo<S>, ConnectionService> {
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(server.settings.head_timeout)
        .serve_connection(TokioIo::new(stream), ConnectionService { server })
}

/// Answers the requests of a connection.
pub(super) struct ConnectionService {
    server: Arc<Server>,
}

impl HyperService<Request<Incoming>> for ConnectionService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let answer = answer(Arc::clone(&self.server), request);
        Box::pin(async { Ok(answer.await.map(Full::new)) })
    }
}

async fn answer(server: Arc<Server>, request: Request<Incoming>) -> Response<Bytes> {
    if Metrics::are_asked_for(request.method(), request.uri().path()) {
        return metrics(&server, request).await;
    }
    if let Some(playground) = server.playground
        && let Some(page) = playground.response(request.method(), request.uri().path())
    {
        // It is not counted in the metrics, which are about requests to the API.
        let (head, body) = request.into_parts();
        let page = compress(page, head.headers.get(ACCEPT_ENCODING), server.settings.min_compressed_bytes);
        return after_body(body, page, OF_REFUSED).await;
    }
    #[expect(clippy::disallowed_methods, reason = "only for the log and the metrics")]
    let start = Instant::now();
    let route = server.service.route(request.method(), request.uri().path());
    let (method, path, kind) = (request.method().clone(), request.uri().path().to_owned(), route.kind());
    let scheme = if server.tls.is_some() { "https" } else { "http" };
    let traced = RequestSpan::begin(&request, &route, scheme);
    let mut response = answer_routed(&server, request, route).instrument(traced.span()).await;
    let (status, time) = (response.status(), start.elapsed());
    let measurements = response.extensions_mut().remove::<Measurements>().unwrap_or_default();
    traced.end(status, measurements.error_type);
    server.metrics.count(kind, status, time, &measurements);
    tracing::info!(%method, path, status = status.as_u16(), micros = time.as_micros() as u64, "request answered");
    response
}

/// The metrics. They are answered even if there are too many requests.
async fn metrics(server: &Server, request: Request<Incoming>) -> Response<Bytes> {
    let (head, body) = request.into_parts();
    match server.access.decide(Access::Read, head.uri.path(), &head.headers).await {
        Decision::Allowed(_) => server.metrics.response(server.in_progress()),
        Decision::Refused(refusal) => after_body(body, refusal, OF_REFUSED).await,
    }
}

async fn answer_routed(server: &Arc<Server>, request: Request<Incoming>, route: ResolvedRoute) -> Response<Bytes> {
    let (service, settings) = (Arc::clone(&server.service), server.settings);
    let (mut head, body) = request.into_parts();
    // Before the body: requests that wait for their turn hold it in memory.
    let Ok(_permit) = Arc::clone(&server.requests).try_acquire_owned() else {
        return after_body(body, too_many(settings.max_requests.get()), OF_REFUSED).await;
    };
    match server.access.decide(route.access(), head.uri.path(), &head.headers).await {
        Decision::Allowed(caller) => _ = caller.and_then(|caller| head.extensions.insert(caller)),
        Decision::Refused(refusal) => return after_body(body, refusal, OF_REFUSED).await,
    }
    let limit = route.body_limit();
    let only_reads = route.access() == Access::Read;
    let body_timeout = if only_reads { settings.body_timeout } else { settings.write_body_timeout };
    // A body that is known to be too large is rejected as a whole.
    let is_too_large = body.size_hint().lower() > limit as u64;
    let mut rest = None;
    let body = if route.reads_body() == ReadsBody::InPieces && !is_too_large {
        let (pieces, left) = pieces(body, body_timeout);
        rest = Some(left);
        RequestBody::Pieces(pieces)
    } else {
        match tokio::time::timeout(body_timeout, read_body(body, limit)).await {
            Ok(Ok(body)) => RequestBody::Whole(body),
            Ok(Err(error)) => {
                tracing::debug!(%error, "cannot read a request body");
                return empty(StatusCode::BAD_REQUEST);
            }
            Err(_) => return empty(StatusCode::REQUEST_TIMEOUT),
        }
    };
    let accepted = head.headers.get(ACCEPT_ENCODING).cloned();
    let searches = Arc::clone(&server.searches);
    let turn =
        if only_reads { Some(searches.acquire_owned().await.expect("the semaphore is never closed")) } else { None };
    let (span, runtime) = (Span::current(), Handle::current());
    let threads = if only_reads { server.search_threads.clone() } else { runtime.clone() };
    // Searches are CPU-bound, so they must not run on the threads that read and write sockets.
    let answered = threads.spawn_blocking(move || {
        let _turn = turn;
        // This thread does nothing else meanwhile.
        let _traced = span.entered();
        let response = runtime.block_on(service.handle_routed(Request::from_parts(head, body), route));
        compress(response, accepted.as_ref(), settings.min_compressed_bytes)
    });
    let response = answered.await.unwrap_or_else(|error| {
        tracing::error!(%error, "request task failed");
        empty(StatusCode::INTERNAL_SERVER_ERROR)
    });
    match rest.and_then(|mut rest| rest.try_recv().ok()) {
        // An error may come before the end of the body.
        Some(rest) => after_body(rest, response, Skipped { bytes: limit, time: settings.body_timeout }).await,
        None => response,
    }
}

/// Sends a response after the caller has sent the body, unless the body is long: closing the connection earlier may lose the response.
async fn after_body(mut body: Incoming, response: Response<Bytes>, skipped: Skipped) -> Response<Bytes> {
    let skip = async {
        let mut left = skipped.bytes;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
    };
    // Whether it is skipped in time changes nothing.
    let _ = tokio::time::timeout(skipped.time, skip).await;
    response
}

/// The response if too many requests are being answered.
fn too_many(limit: usize) -> Response<Bytes> {
    let reason =
        format!("rejected execution: [{limit}] requests are in progress, the most that are allowed; retry later");
    let mut response = error_response(StatusCode::TOO_MANY_REQUESTS, "rejected_execution_exception", &reason);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
