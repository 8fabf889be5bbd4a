//! `quidditch serve`: the HTTP API on a TCP socket.

mod access;
mod background;
mod caches;
mod commits;
mod connection;
mod functions;
mod metrics;
mod pieces;
mod playground;
mod server;
mod settings;
mod shared;
mod tls;
mod traces;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result};
use quidditch_clock::Clock;
use quidditch_engine::{Engine, Limits};
use quidditch_indexing::{GARBAGE_GRACE, collect_remains};
use quidditch_service::error_chain;
use quidditch_storage::Storage;
use quidditch_writes::MemoryIndexer;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::{Installation, OpenSettings};
use crate::log;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::time_span::TimeSpan;
use access::AccessArguments;
use background::BlockingThreads;
use commits::CommitArguments;
use functions::FunctionArguments;
use metrics::Metrics;
use playground::{Playground, PlaygroundArguments};
use settings::Settings;
use shared::Server;
use tls::TlsArguments;
use traces::{TraceArguments, Traces};

pub(crate) use access::{Roles, password_hash, token_digest};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 selects a free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9200")]
    listen: SocketAddr,
    #[command(flatten)]
    access: AccessArguments,
    #[command(flatten)]
    tls: TlsArguments,
    /// Answer requests that change indices with a 403
    #[arg(long)]
    read_only: bool,
    /// Send the header `X-Elastic-Product: Elasticsearch`, which Elasticsearch's own clients require
    #[arg(long)]
    product_header: bool,
    /// Number of threads that search; the default is the number of cores
    #[arg(long, value_name = "N", default_value_t = cores(), hide_default_value = true)]
    threads: NonZeroUsize,
    /// Maximum number of requests at a time, running or waiting; others are answered with a 429
    #[arg(long, value_name = "N", default_value_t = Settings::default().max_requests)]
    max_requests: NonZeroUsize,
    /// Maximum size of the body of a search or another request that reads; larger ones are answered with a 413
    #[arg(long, value_name = "SIZE", default_value_t = body_bytes())]
    max_body: ByteSize,
    /// Maximum size of the body of a request that changes something; larger ones are answered with a 413
    #[arg(long, value_name = "SIZE", default_value_t = write_body_bytes())]
    max_write_body: ByteSize,
    /// Maximum memory for one request; larger ones are rejected
    #[arg(long, value_name = "SIZE", default_value_t = REQUEST_MEMORY)]
    request_memory: ByteSize,
    /// How long a published, yanked, deprecated or disabled version of a function may go unnoticed
    #[arg(long, value_name = "TIME", default_value_t = registry_max_age())]
    registry_max_age: TimeSpan,
    /// Key that signs the functions that are published with `PUT /_udf`; by default they are not signed
    #[arg(long, value_name = "NAME")]
    signing_key: Option<String>,
    #[command(flatten)]
    commits: CommitArguments,
    #[command(flatten)]
    functions: FunctionArguments,
    #[command(flatten)]
    caches: caches::Caches,
    #[command(flatten)]
    traces: TraceArguments,
    #[command(flatten)]
    playground: PlaygroundArguments,
}

fn body_bytes() -> ByteSize {
    ByteSize(quidditch_service::Settings::default().body_bytes as u64)
}

fn write_body_bytes() -> ByteSize {
    ByteSize(quidditch_service::Settings::default().write_body_bytes as u64)
}

fn registry_max_age() -> TimeSpan {
    TimeSpan(OpenSettings::default().registry_max_age)
}

fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Default maximum memory for one request. 2 GiB: more than any usual search needs, and few of them fit into small servers.
const REQUEST_MEMORY: ByteSize = ByteSize(2 << 30);

/// Stack of a thread. 8 MiB, as of the main thread: built without optimization, a write to S3 takes more than the 2 MiB that threads have by
/// default. What is not used takes no memory.
const STACK_BYTES: usize = 8 << 20;

pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let settings = Settings { max_requests: arguments.max_requests, ..Settings::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(settings.network_threads)
        .max_blocking_threads(settings.blocking_threads())
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
        .context("cannot start the async runtime")?;
    // A second runtime limits the number of threads that search, since each keeps the memory of its largest search. The first one must
    // have a thread for each request, and starts another one whenever none is idle at that moment.
    let search_threads = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(settings.request_threads)
        .thread_stack_size(STACK_BYTES)
        .build()
        .context("cannot start the threads of searches")?;
    let traces = arguments.traces.start(runtime.handle())?;
    log::init(global.verbose, traces.as_ref().map(Traces::layer));
    let outcome = runtime.block_on(serve(global, arguments, settings, search_threads.handle()));
    if let Some(traces) = traces {
        traces.finish();
    }
    // Requests that are still running are aborted.
    search_threads.shutdown_background();
    runtime.shutdown_background();
    outcome
}

async fn serve(global: &Global, arguments: &Arguments, settings: Settings, search_threads: &Handle) -> Result<Outcome> {
    let mut stop = std::pin::pin!(stop_signal()?);
    let access = arguments.access.read(arguments.listen)?;
    let tls = arguments.tls.acceptor()?;
    let playground = arguments.playground.page()?;
    let signing_key = match &arguments.signing_key {
        Some(name) => global.key_folder().signing_key(Some(name))?.map(Arc::new),
        None => None,
    };
    let open_settings = OpenSettings {
        reading: arguments.caches.read_settings(),
        registry_max_age: arguments.registry_max_age.0,
        signing_key,
    };
    let installation = Installation::open_with(global, None, open_settings)?;
    let service_settings = quidditch_service::Settings {
        product_header: arguments.product_header,
        body_bytes: usize::try_from(arguments.max_body.0).unwrap_or(usize::MAX),
        write_body_bytes: usize::try_from(arguments.max_write_body.0).unwrap_or(usize::MAX),
        supervision: arguments.functions.settings(),
        ..installation.service_settings()
    };
    let engine = engine(&installation, arguments)?;
    let mut service = installation.service(engine, service_settings);
    let mut writes = None;
    if !arguments.read_only {
        let background = Arc::new(BlockingThreads(Handle::current()));
        let committing = installation.writes().with_commits(arguments.commits.settings(), Some(background));
        let committing = writes.insert(Arc::new(committing));
        service = service.with_writes(committing.clone());
        tokio::spawn(collect(Arc::clone(&installation.storage), Arc::clone(&installation.clock)));
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    let metrics = Metrics::new(service.supervisor(), writes.as_ref());
    let server = Server::new(service, access, tls, metrics, settings, search_threads.clone(), playground);
    let listen = arguments.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr().context("cannot determine the listen address")?;
    if global.json {
        let mut listening = json!({ "listening": address.to_string() });
        if playground.is_some() {
            listening["playground"] = Playground::PATH.into();
        }
        print_json(&listening)?;
    } else {
        let page = playground.map(|_| format!("\nplayground at {scheme}://{address}{}", Playground::PATH));
        let page = page.unwrap_or_default();
        print(&format!("listening on {scheme}://{address}{page}"))?;
    }
    server.run(listener, &mut stop).await;
    Ok(Outcome::Done)
}

/// Removes what is left of indices whose deletion was interrupted.
async fn collect(storage: Arc<dyn Storage>, clock: Arc<dyn Clock>) {
    match collect_remains(&storage, &clock, GARBAGE_GRACE).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "removed what was left of deleted indices"),
        Err(error) => tracing::warn!(error = error_chain(&error), "cannot remove what is left of deleted indices"),
    }
}

/// An engine with the threads and the memory that the arguments name.
fn engine(installation: &Installation, arguments: &Arguments) -> Result<Engine> {
    let limits = Limits::default().with_request_memory(arguments.request_memory.0);
    let indexer = Arc::new(MemoryIndexer::new(&installation.clock));
    let engine = Engine::new(limits, Arc::clone(&installation.clock))
        .with_document_indexer(indexer)
        .with_filter_cache(arguments.caches.filter_cache_bytes());
    let threads = arguments.threads.get();
    Ok(if threads > 1 { engine.with_threads(threads)? } else { engine })
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
