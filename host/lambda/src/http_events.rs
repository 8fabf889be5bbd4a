//! Answers HTTP requests that arrive as events.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT_ENCODING;
use quidditch_clock::Clock;
use quidditch_service::{Measurements, Service, compress, error_chain};
use quidditch_storage::Counting;
use serde_json::value::RawValue;

use crate::answer;
use crate::event::{EventError, Format};
use crate::metrics::{Metrics, RequestFigures};
use crate::statistics_log::StatisticsLog;
use crate::time_left::time_left;

/// Minimum size of responses that are compressed for clients that accept it. 1,400: smaller ones fit into one packet.
const MIN_COMPRESSED_BYTES: usize = 1_400;

/// Answers HTTP requests with a service.
pub(crate) struct HttpEvents {
    pub(crate) storage: Arc<Counting>,
    pub(crate) service: Service,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Metrics,
    pub(crate) statistics: StatisticsLog,
}

impl HttpEvents {
    /// Answers the request of an event before Lambda's deadline, in milliseconds since the Unix epoch. Every error is a response.
    pub(crate) async fn handle(
        &self,
        request: Result<(Request<Bytes>, Format), EventError>,
        deadline_millis: u64,
    ) -> Box<RawValue> {
        #[expect(clippy::disallowed_methods, reason = "only for the metrics")]
        let start = Instant::now();
        let before = self.storage.counts();
        let (request, format) = match request {
            Ok(request) => request,
            Err(error) => {
                tracing::warn!(error = error_chain(&error), "malformed event");
                return answer::malformed_event(&error);
            }
        };
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let accepted = request.headers().get(ACCEPT_ENCODING).cloned();
        let mut response = self.service.handle_within(request, time_left(&*self.clock, deadline_millis)).await;
        let measurements = response.extensions_mut().remove::<Measurements>().unwrap_or_default();
        let accepted = accepted.filter(|_| format.may_compress());
        let response = compress(response, accepted.as_ref(), MIN_COMPRESSED_BYTES);
        let (status, answer) = answer::answer(&response, format);

        let elapsed = start.elapsed();
        let storage = self.storage.counts() - before;
        tracing::info!(%method, path, status = status.as_u16(), micros = elapsed.as_micros() as u64, "request answered");
        self.statistics.log_if_due(self.service.supervisor(), self.clock.monotonic());
        self.metrics.print(&RequestFigures { status, elapsed, storage, measurements });
        answer
    }
}
