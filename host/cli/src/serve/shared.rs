//! What all connections share.

use std::sync::Arc;

use quidditch_service::Service;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::access::Access;
use super::metrics::Metrics;
use super::playground::Playground;
use super::settings::Settings;

/// What all connections share.
pub(super) struct Server {
    pub(super) service: Arc<Service>,
    pub(super) access: Access,
    pub(super) settings: Settings,
    /// One permit for each request at a time.
    pub(super) requests: Arc<Semaphore>,
    /// One permit for each search at a time. A search whose caller is gone before its turn is never started.
    pub(super) searches: Arc<Semaphore>,
    /// The runtime with the threads that answer searches, as many as there are permits.
    pub(super) search_threads: Handle,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) metrics: Metrics,
    pub(super) playground: Option<Playground>,
}

impl Server {
    pub(super) fn new(
        service: Service,
        access: Access,
        tls: Option<TlsAcceptor>,
        metrics: Metrics,
        settings: Settings,
        search_threads: Handle,
        playground: Option<Playground>,
    ) -> Arc<Self> {
        let requests = Arc::new(Semaphore::new(settings.max_requests.get()));
        let searches = Arc::new(Semaphore::new(settings.request_threads));
        let service = Arc::new(service);
        Arc::new(Server { service, access, settings, requests, searches, search_threads, tls, metrics, playground })
    }

    /// How many requests are being answered, or wait for their turn.
    pub(super) fn in_progress(&self) -> usize {
        self.settings.max_requests.get() - self.requests.available_permits()
    }
}
