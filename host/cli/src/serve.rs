//! `quidditch serve`: the HTTP API on a TCP socket.

mod caches;
mod connection;
mod settings;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result};
use hyper_util::server::graceful::GracefulShutdown;
use quidditch_engine::{Engine, Limits};
use quidditch_service::Service;
use serde_json::json;
use settings::Settings;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 selects a free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9200")]
    listen: SocketAddr,
    /// Send the header `X-Elastic-Product: Elasticsearch`, which Elasticsearch's own clients require
    #[arg(long)]
    product_header: bool,
    /// Maximum memory for one request; larger ones are rejected
    #[arg(long, value_name = "SIZE", default_value_t = REQUEST_MEMORY)]
    request_memory: ByteSize,
    #[command(flatten)]
    caches: caches::Caches,
}

/// Default maximum memory for one request. 2 GiB: more than any usual search needs, and few of them fit into small servers.
const REQUEST_MEMORY: ByteSize = ByteSize(2 << 30);

pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let settings = Settings::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(settings.network_threads)
        .max_blocking_threads(settings.request_threads)
        .enable_all()
        .build()
        .context("cannot start the async runtime")?;
    let outcome = runtime.block_on(serve(global, arguments, settings));
    // Requests that are still running are aborted.
    runtime.shutdown_background();
    outcome
}

async fn serve(global: &Global, arguments: &Arguments, settings: Settings) -> Result<Outcome> {
    let mut stop = std::pin::pin!(stop_signal()?);
    let installation = Installation::open_with(global, None, arguments.caches.read_settings())?;
    let service_settings =
        quidditch_service::Settings { product_header: arguments.product_header, ..installation.service_settings() };
    let service = Arc::new(installation.service(engine(&installation, arguments.request_memory)?, service_settings));
    let listen = arguments.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr().context("cannot determine the listen address")?;
    if global.json {
        print_json(&json!({ "listening": address.to_string() }))?;
    } else {
        print(&format!("listening on http://{address}"))?;
    }

    let graceful = GracefulShutdown::new();
    tokio::select! {
        () = accept(&listener, &service, settings, &graceful) => {}
        () = &mut stop => tracing::info!("shutting down"),
    }
    drop(listener);
    if tokio::time::timeout(settings.shutdown_grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("aborting requests that did not finish within the shutdown grace period");
    }
    Ok(Outcome::Done)
}

/// An engine that searches segments on all cores.
fn engine(installation: &Installation, request_memory: ByteSize) -> Result<Engine> {
    let limits = Limits::default().with_request_memory(request_memory.0);
    let engine = Engine::new(limits, Arc::clone(&installation.clock));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    Ok(if cores > 1 { engine.with_threads(cores)? } else { engine })
}

async fn accept(listener: &TcpListener, service: &Arc<Service>, settings: Settings, graceful: &GracefulShutdown) {
    let connections = Arc::new(Semaphore::new(settings.max_connections));
    loop {
        let permit = Arc::clone(&connections).acquire_owned().await.expect("the semaphore is never closed");
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // For example too many open files: other connections must end first.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(settings.accept_pause).await;
                continue;
            }
        };
        let connection = graceful.watch(connection::serve(stream, Arc::clone(service), settings));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection closed with an error");
            }
            drop(permit);
        });
    }
}

/// Completes on SIGINT or SIGTERM, which no longer end the process by themselves.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot handle signals")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "cannot handle signals");
            std::future::pending::<()>().await;
        }
    })
}
