//! Logs whether spans can be sent to the collector.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// An exporter that logs when it begins to fail, and when it works again, but not each of its failures: a collector may be gone for long.
#[derive(Debug)]
pub(super) struct LoggedExporter<E> {
    exporter: E,
    endpoint: String,
    is_failing: AtomicBool,
    lost: AtomicU64,
}

impl<E> LoggedExporter<E> {
    /// Around the exporter to an endpoint.
    pub(super) fn new(exporter: E, endpoint: &str) -> Self {
        let (is_failing, lost) = (AtomicBool::new(false), AtomicU64::new(0));
        LoggedExporter { exporter, endpoint: endpoint.to_owned(), is_failing, lost }
    }
}

impl<E: SpanExporter> SpanExporter for LoggedExporter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let exported = self.exporter.export(batch).await;
        let endpoint = self.endpoint.as_str();
        match exported {
            Ok(()) if self.is_failing.swap(false, Ordering::Relaxed) => {
                let lost = self.lost.load(Ordering::Relaxed);
                tracing::warn!(endpoint, lost, "traces are sent to the collector again");
            }
            Ok(()) => {}
            Err(error) => {
                self.lost.fetch_add(spans, Ordering::Relaxed);
                if !self.is_failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(endpoint, %error, "cannot send traces to the collector; they are lost until it responds again");
                }
            }
        }
        // Otherwise the SDK would log it, each time.
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "spans were lost, since the collector could not be reached");
        }
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
