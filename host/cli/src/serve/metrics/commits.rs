//! Metrics of what requests have written.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use quidditch_writes::{CommitCounts, Writes};

/// Collects what requests have written.
pub(super) struct CommitCollector {
    writes: Arc<Writes>,
}

impl CommitCollector {
    pub(super) fn new(writes: &Arc<Writes>) -> Self {
        CommitCollector { writes: Arc::clone(writes) }
    }
}

impl Debug for CommitCollector {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CommitCollector").finish_non_exhaustive()
    }
}

impl Collector for CommitCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let CommitCounts { commits, failed, operations } = self.writes.commit_counts();
        let mut by_result = encoder.encode_descriptor("commits", "Commits of documents", None, MetricType::Counter)?;
        for (result, count) in [("succeeded", commits), ("failed", failed)] {
            ConstCounter::new(count).encode(by_result.encode_family(&[("result", result)])?)?;
        }
        let help = "Documents in commits: indexed, updated, deleted, or refused";
        let operations = ConstCounter::new(operations);
        operations.encode(encoder.encode_descriptor("operations", help, None, MetricType::Counter)?)
    }
}
