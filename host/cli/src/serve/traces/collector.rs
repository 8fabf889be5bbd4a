//! Requests to the collector.

use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use tokio::runtime::Handle;

use super::endpoint::Endpoint;

/// How long one request to the collector may take. 10 s, the default of OpenTelemetry.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends spans to a collector. The variables `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_EXPORTER_OTLP_TRACES_HEADERS` add headers.
pub(super) fn exporter(endpoint: &Endpoint, runtime: &Handle) -> Result<SpanExporter> {
    // An error is that the program has set one already, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(REQUEST_TIMEOUT).build().context("cannot make an HTTP client")?;
    let client = CollectorClient { client, runtime: runtime.clone() };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(endpoint.traces_url())
        .with_timeout(REQUEST_TIMEOUT)
        .build()?;
    Ok(exporter)
}

/// Sends requests from the threads of the runtime: the thread that collects the spans has none of its own.
#[derive(Debug)]
struct CollectorClient {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(async move { client.send_bytes(request).await }).await?
    }
}
