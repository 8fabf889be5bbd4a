//! Traces of requests, which are sent to an OpenTelemetry collector.

mod collector;
mod endpoint;
mod exporter;
mod request_span;
mod sample_ratio;

use std::time::Duration;

use anyhow::{Context, Result};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use quidditch_index::TRACE_TARGET;
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::{Layer, Registry};

use crate::log::TraceLayer;
use endpoint::Endpoint;
use exporter::LoggedExporter;
use sample_ratio::SampleRatio;

pub(super) use request_span::RequestSpan;

/// How long the server waits, when it ends, until the collector has what was not sent yet. 5 s: enough for a collector that answers.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub(super) struct TraceArguments {
    /// Send traces of requests to the OpenTelemetry collector at this URL, with OTLP over HTTP
    #[arg(long, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide_env_values = true)]
    otlp_endpoint: Option<String>,
    /// Which part of the traces that begin here is sent, from 0 to 1; a `traceparent` decides for itself
    #[arg(long, value_name = "RATIO", default_value_t = SampleRatio::ALL)]
    trace_sample_ratio: SampleRatio,
}

/// Sends traces. Their spans get to it through its layer of the log.
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl TraceArguments {
    /// What sends traces from this runtime; `None` if nothing is to be sent.
    ///
    /// # Errors
    /// If the endpoint is not a URL of a collector, or there can be no client.
    pub(super) fn start(&self, runtime: &Handle) -> Result<Option<Traces>> {
        // As OpenTelemetry specifies, an empty variable is like none.
        let Some(url) = self.otlp_endpoint.as_deref().filter(|url| !url.is_empty()) else { return Ok(None) };
        let endpoint: Endpoint = url.parse()?;
        let exporter = collector::exporter(&endpoint, runtime).context("cannot send traces")?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource())
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(self.trace_sample_ratio.get()))))
            .with_batch_exporter(LoggedExporter::new(exporter, &endpoint.traces_url()))
            .build();
        Ok(Some(Traces { provider }))
    }
}

impl Traces {
    /// The layer that takes the spans of requests, and nothing else.
    pub(super) fn layer(&self) -> TraceLayer {
        let filter: FilterFn = FilterFn::new(|metadata| metadata.is_span() && metadata.target() == TRACE_TARGET);
        tracing_opentelemetry::layer::<Registry>()
            .with_tracer(self.provider.tracer("quidditch"))
            // Where a span is in the code, and on which threads it was, says nothing to those who search.
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // Nothing else here uses the contexts of OpenTelemetry.
            .with_context_activation(false)
            .with_filter(filter.with_max_level_hint(LevelFilter::DEBUG))
            .boxed()
    }

    /// Sends what was not sent yet, for a limited time. Blocks; the runtime must still run.
    pub(super) fn finish(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// What the traces are from. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` add to it.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let of_environment = Resource::builder().build();
    let name = of_environment.get(&Key::from_static_str("service.name"));
    let is_named =
        name.is_some_and(|name| !matches!(&name, Value::String(text) if text.as_str().starts_with("unknown_service")));
    let resource = Resource::builder().with_attribute(version);
    if is_named { resource.build() } else { resource.with_service_name("quidditch").build() }
}
