//! One connection: requests in, responses out.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service as HyperService;
use hyper_util::rt::{TokioIo, TokioTimer};
use quidditch_service::{Service, compress, read_body};
use tokio::net::TcpStream;
use tokio::runtime::Handle;

use super::settings::Settings;

/// Serves HTTP on a connection until it closes.
pub(super) fn serve(
    stream: TcpStream,
    service: Arc<Service>,
    settings: Settings,
) -> http1::Connection<TokioIo<TcpStream>, ConnectionService> {
    // Send responses without delay. Without this option they only arrive later.
    let _ = stream.set_nodelay(true);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout)
        .serve_connection(TokioIo::new(stream), ConnectionService { service, settings })
}

/// Answers the requests of a connection.
pub(super) struct ConnectionService {
    service: Arc<Service>,
    settings: Settings,
}

impl HyperService<Request<Incoming>> for ConnectionService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let answer = answer(Arc::clone(&self.service), request, self.settings);
        Box::pin(async { Ok(answer.await.map(Full::new)) })
    }
}

async fn answer(service: Arc<Service>, request: Request<Incoming>, settings: Settings) -> Response<Bytes> {
    #[expect(clippy::disallowed_methods, reason = "only for the log")]
    let start = Instant::now();
    let (head, body) = request.into_parts();
    let limit = service.settings().body_bytes;
    let body = match tokio::time::timeout(settings.body_timeout, read_body(body, limit)).await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => {
            tracing::debug!(%error, "cannot read a request body");
            return empty(StatusCode::BAD_REQUEST);
        }
        Err(_) => return empty(StatusCode::REQUEST_TIMEOUT),
    };
    let accepted = head.headers.get(http::header::ACCEPT_ENCODING).cloned();
    let (method, path) = (head.method.clone(), head.uri.path().to_owned());
    let request = Request::from_parts(head, body);
    // Searches are CPU-bound, so they must not run on the threads that read and write sockets.
    let answered = tokio::task::spawn_blocking(move || {
        let response = Handle::current().block_on(service.handle(request));
        compress(response, accepted.as_ref(), settings.min_compressed_bytes)
    });
    let response = answered.await.unwrap_or_else(|error| {
        tracing::error!(%error, "request task failed");
        empty(StatusCode::INTERNAL_SERVER_ERROR)
    });
    let micros = start.elapsed().as_micros() as u64;
    tracing::info!(%method, path, status = response.status().as_u16(), micros, "request answered");
    response
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
