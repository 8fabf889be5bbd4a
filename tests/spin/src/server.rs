//! The HTTP server in front of the app.

use std::convert::Infallible;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::ProxyHandler;

use crate::app::App;
use crate::arguments::Arguments;

/// Serves on a free port and prints its address.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let app = arguments.app.display().to_string();
    let app = App::new(Arc::new(arguments)).map_err(|error| anyhow!("cannot start {app}: {error:?}"))?;
    let handler = ProxyHandler::new(app);
    let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen")?;
    announce(&listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream, handler.clone()));
    }
}

#[allow(clippy::print_stdout, reason = "the test that started this program reads it")]
fn announce(listener: &TcpListener) -> Result<()> {
    println!("listening on http://{}", listener.local_addr()?);
    Ok(())
}

async fn serve(stream: TcpStream, handler: ProxyHandler<App>) {
    let service = service_fn(|request| answer(&handler, request));
    if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
        eprintln!("connection error: {error}");
    }
}

/// If the app fails to answer, the response has status 500, as in Spin.
async fn answer(handler: &ProxyHandler<App>, request: Request<Incoming>) -> Result<Response<WasiBody>, Infallible> {
    let request = request.map(|body| body.map_err(wasmtime_wasi_http::Error::from).boxed_unsync());
    Ok(match handler.handle((), request).await {
        Ok(response) => response,
        Err(error) => {
            eprintln!("no answer: {error:?}");
            let body = Full::new(Bytes::from_static(b"no answer")).map_err(|never| match never {});
            let mut response = Response::new(body.boxed_unsync());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    })
}
