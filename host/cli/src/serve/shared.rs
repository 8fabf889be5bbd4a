//! What all connections share.

use std::sync::Arc;

use quidditch_service::Service;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::access::Access;
use super::settings::Settings;

/// What all connections share.
pub(super) struct Server {
    pub(super) service: Arc<Service>,
    pub(super) access: Access,
    pub(super) settings: Settings,
    /// One permit for each request at a time.
    pub(super) requests: Arc<Semaphore>,
    pub(super) tls: Option<TlsAcceptor>,
}

impl Server {
    pub(super) fn new(service: Service, access: Access, tls: Option<TlsAcceptor>, settings: Settings) -> Arc<Self> {
        let requests = Arc::new(Semaphore::new(settings.max_requests.get()));
        Arc::new(Server { service: Arc::new(service), access, settings, requests, tls })
    }
}
