//! `/metrics`: what the server has done since it started, in the text format of Prometheus.

mod commits;
mod functions;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response, StatusCode};
use prometheus_client::encoding::prometheus_text::{CONTENT_TYPE as PROMETHEUS_TEXT, encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use quidditch_engine::Profile;
use quidditch_service::{Measurements, RequestKind};
use quidditch_supervision::Supervisor;
use quidditch_writes::Writes;

use commits::CommitCollector;
use functions::FunctionCollector;

/// The path of the metrics. It hides nothing but the definition of an index of this name.
pub(super) const PATH: &str = "/metrics";

/// Bounds of the buckets for times of requests and their steps, in seconds. From 1 ms, which is a fast search, to the default time
/// limit of a search.
const TIMES: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// One label.
type Label = [(&'static str, &'static str); 1];

/// Labels of which some values are numbers.
type Labels = Vec<(&'static str, String)>;

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// Counts what the server does.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    request_times: Times<Label>,
    in_progress: Gauge,
    searches: Counter,
    steps: Times<Label>,
    reads: Counter,
    bytes: Counter,
    round_trips: Counter,
    late_round_trips: Counter,
    cache_hits: Counter,
    splits: Family<Label, Counter>,
}

fn times() -> Histogram {
    Histogram::new(TIMES)
}

impl Metrics {
    /// Metrics of a server with this supervisor of functions, which may answer requests that change something.
    pub(super) fn new(supervisor: &Arc<Supervisor>, writes: Option<&Arc<Writes>>) -> Self {
        let mut registry = Registry::with_prefix("quidditch");
        let metrics = Metrics {
            registry: Registry::default(),
            requests: Family::default(),
            request_times: Times::new_with_constructor(times),
            in_progress: Gauge::default(),
            searches: Counter::default(),
            steps: Times::new_with_constructor(times),
            reads: Counter::default(),
            bytes: Counter::default(),
            round_trips: Counter::default(),
            late_round_trips: Counter::default(),
            cache_hits: Counter::default(),
            splits: Family::default(),
        };
        let to = &mut registry;
        to.register("requests", "Requests by kind and status", metrics.requests.clone());
        let help = "Time from the head of a request to its response";
        to.register_with_unit("request_duration", help, Unit::Seconds, metrics.request_times.clone());
        let help = "Requests that are being answered or wait for their turn";
        to.register("requests_in_progress", help, metrics.in_progress.clone());
        to.register("searches", "Searches that were answered, each of those of a request", metrics.searches.clone());
        to.register_with_unit("search_step", "Time of each step of a search", Unit::Seconds, metrics.steps.clone());
        to.register("search_reads", "Reads of the store by searches", metrics.reads.clone());
        to.register_with_unit(
            "search_read",
            "Bytes that searches read of the store",
            Unit::Bytes,
            metrics.bytes.clone(),
        );
        to.register("search_round_trips", "How often reads had to wait for others", metrics.round_trips.clone());
        let help = "Those of the round trips that interrupted a query";
        to.register("search_late_round_trips", help, metrics.late_round_trips.clone());
        to.register("search_cache_hits", "Reads of searches that a cache saved", metrics.cache_hits.clone());
        to.register("search_splits", "Splits that searches looked at or skipped", metrics.splits.clone());
        to.register_collector(Box::new(FunctionCollector::new(supervisor)));
        if let Some(writes) = writes {
            to.register_collector(Box::new(CommitCollector::new(writes)));
        }
        Metrics { registry, ..metrics }
    }

    /// Whether a request asks for the metrics.
    pub(super) fn are_asked_for(method: &Method, path: &str) -> bool {
        method == Method::GET && path == PATH
    }

    /// Counts a request that was answered.
    pub(super) fn count(&self, kind: RequestKind, status: StatusCode, time: Duration, measurements: &Measurements) {
        let status = status.as_u16().to_string();
        self.requests.get_or_create(&vec![("kind", kind.name().to_owned()), ("status", status)]).inc();
        self.request_times.get_or_create(&[("kind", kind.name())]).observe(time.as_secs_f64());
        measurements.profiles.iter().for_each(|profile| self.count_search(profile));
    }

    fn count_search(&self, profile: &Profile) {
        let Profile { time_in_nanos: times, storage, splits_searched, splits_skipped, .. } = profile;
        self.searches.inc();
        for (step, nanos) in
            [("plan", times.plan), ("warm", times.warm), ("execute", times.execute), ("fetch", times.fetch)]
        {
            self.steps.get_or_create(&[("step", step)]).observe(Duration::from_nanos(nanos).as_secs_f64());
        }
        self.reads.inc_by(storage.gets);
        self.bytes.inc_by(storage.bytes);
        self.round_trips.inc_by(storage.round_trips);
        self.late_round_trips.inc_by(storage.late_round_trips);
        self.cache_hits.inc_by(storage.cache_hits);
        self.splits.get_or_create(&[("result", "searched")]).inc_by(*splits_searched as u64);
        self.splits.get_or_create(&[("result", "skipped")]).inc_by(*splits_skipped as u64);
    }

    /// The response with all metrics, while so many requests are in progress.
    pub(super) fn response(&self, in_progress: usize) -> Response<Bytes> {
        self.in_progress.set(i64::try_from(in_progress).unwrap_or(i64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to memory does not fail");
        let mut response = Response::new(Bytes::from(text));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROMETHEUS_TEXT));
        response
    }
}
