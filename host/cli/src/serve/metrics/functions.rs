//! Metrics of user functions.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use quidditch_function::FunctionId;
use quidditch_supervision::{CircuitState, RoleStatistics, Supervisor, VersionStatistics};

/// Bounds of the buckets for times of calls, in nanoseconds. From 10 µs, which is a batch of a simple function, to half of the time that
/// the functions of a request have.
const NANOS: [u64; 12] = [
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    10_000_000,
    50_000_000,
    250_000_000,
    1_000_000_000,
];

/// Collects the statistics of functions.
pub(super) struct FunctionCollector {
    supervisor: Arc<Supervisor>,
}

impl FunctionCollector {
    pub(super) fn new(supervisor: &Arc<Supervisor>) -> Self {
        FunctionCollector { supervisor: Arc::clone(supervisor) }
    }
}

impl Debug for FunctionCollector {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FunctionCollector").finish_non_exhaustive()
    }
}

/// A count of a role, with its name and its description.
type RoleCount = (&'static str, &'static str, fn(&RoleStatistics) -> u64);

const COUNTS: [RoleCount; 5] = [
    ("function_clauses", "Function clauses in searches of an index", |role| role.clauses),
    ("function_documents", "Documents in the batches that functions were called with", |role| role.documents),
    (
        "function_cached_documents",
        "Documents about which functions were not called, as their results were kept",
        |role| role.cached_documents,
    ),
    ("function_instances_made", "Instances of functions that were made", |role| role.instances_made),
    ("function_instances_reused", "Calls of instances that had been called before", |role| role.instances_reused),
];

impl Collector for FunctionCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let versions = self.supervisor.statistics();
        for (name, help, count) in COUNTS {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            each_role(metric, &versions, |metric, role| ConstCounter::new(count(role)).encode(metric))?;
        }
        let (name, help) = ("function_call_duration", "Time of calls of functions, each with a batch of documents");
        let unit = Unit::Seconds;
        let metric = encoder.encode_descriptor(name, help, Some(&unit), MetricType::Histogram)?;
        each_role(metric, &versions, encode_times)?;
        encode_errors(&mut encoder, &versions)?;
        encode_state(&mut encoder, &versions)
    }
}

fn each_role(
    mut metric: MetricEncoder<'_>,
    versions: &[VersionStatistics],
    encode: impl Fn(MetricEncoder<'_>, &RoleStatistics) -> fmt::Result,
) -> fmt::Result {
    for VersionStatistics { function, roles, .. } in versions {
        for (role, statistics) in roles {
            let [name, version] = labels(function);
            encode(metric.encode_family(&[name, version, ("role", role.name())])?, statistics)?;
        }
    }
    Ok(())
}

fn labels(FunctionId { name, version }: &FunctionId) -> [(&'static str, &str); 2] {
    [("function", name), ("version", version)]
}

fn encode_times(mut metric: MetricEncoder<'_>, role: &RoleStatistics) -> fmt::Result {
    let seconds = |nanos: u64| nanos as f64 / 1e9;
    let bounds = NANOS.iter().map(|nanos| seconds(*nanos)).chain([f64::INFINITY]);
    let buckets: Vec<(f64, u64)> = bounds.zip(role.time.in_ranges(&NANOS)).collect();
    // Not the number of calls: a call may just be counted.
    let count = buckets.iter().map(|(_, count)| count).sum();
    metric.encode_histogram::<NoLabelSet>(seconds(role.time.total_nanos), count, &buckets, None)
}

fn encode_errors(encoder: &mut DescriptorEncoder<'_>, versions: &[VersionStatistics]) -> fmt::Result {
    let help = "Failures of functions, and calls that were refused";
    let mut metric = encoder.encode_descriptor("function_errors", help, None, MetricType::Counter)?;
    for VersionStatistics { function, roles, .. } in versions {
        for (role, statistics) in roles {
            for error in &statistics.errors {
                let [name, version] = labels(function);
                let labels = [name, version, ("role", role.name()), ("kind", error.kind.name())];
                ConstCounter::new(error.count).encode(metric.encode_family(&labels)?)?;
            }
        }
    }
    Ok(())
}

/// What is so now, and not since the start.
fn encode_state(encoder: &mut DescriptorEncoder<'_>, versions: &[VersionStatistics]) -> fmt::Result {
    let help = "Instances that there are now";
    let mut metric = encoder.encode_descriptor("function_instances", help, None, MetricType::Gauge)?;
    for version in versions {
        let instances = ConstGauge::new(i64::from(version.instances));
        instances.encode(metric.encode_family(&labels(&version.function))?)?;
    }
    let help = "Whether a function is disabled";
    let mut metric = encoder.encode_descriptor("function_disabled", help, None, MetricType::Gauge)?;
    for version in versions {
        let is_disabled = ConstGauge::new(i64::from(version.is_disabled));
        is_disabled.encode(metric.encode_family(&labels(&version.function))?)?;
    }
    let help = "The state of a circuit breaker: 1 for the state that it has";
    let mut metric = encoder.encode_descriptor("function_circuit_state", help, None, MetricType::Gauge)?;
    for version in versions {
        for state in CircuitState::ALL {
            let [name, of] = labels(&version.function);
            let is_state = ConstGauge::new(i64::from(version.circuit == state));
            is_state.encode(metric.encode_family(&[name, of, ("state", state.name())])?)?;
        }
    }
    let help = "How often a circuit breaker has opened";
    let mut metric = encoder.encode_descriptor("function_circuit_opened", help, None, MetricType::Counter)?;
    for version in versions {
        ConstCounter::new(version.times_opened).encode(metric.encode_family(&labels(&version.function))?)?;
    }
    Ok(())
}
