//! Logs the statistics of user functions.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use quidditch_supervision::{ErrorCount, Supervisor};

/// Shortest time between two logs of the statistics. 1 min: as often as metrics are usually looked at, and few lines.
const PERIOD: Duration = Duration::from_secs(60);

/// Logs the statistics of user functions since the start of the process, from time to time.
#[derive(Default)]
pub(crate) struct StatisticsLog {
    /// When they were logged.
    last: Mutex<Option<Duration>>,
}

impl StatisticsLog {
    /// Logs the statistics if it is time again: after the first request, and then at most once in each [`PERIOD`].
    pub(crate) fn log_if_due(&self, supervisor: &Supervisor, now: Duration) {
        if !self.is_due(now) {
            return;
        }
        for version in supervisor.statistics() {
            for (role, statistics) in &version.roles {
                let micros = |nanos: u64| nanos / 1_000;
                tracing::info!(
                    function = %version.function,
                    role = role.name(),
                    circuit = version.circuit.name(),
                    clauses = statistics.clauses,
                    calls = statistics.calls,
                    documents = statistics.documents,
                    cached_documents = statistics.cached_documents,
                    instances_made = statistics.instances_made,
                    instances_reused = statistics.instances_reused,
                    p50_micros = micros(statistics.time.p50_nanos),
                    p90_micros = micros(statistics.time.p90_nanos),
                    p99_micros = micros(statistics.time.p99_nanos),
                    errors = shown(&statistics.errors),
                    "calls of a function since the start"
                );
            }
        }
    }

    fn is_due(&self, now: Duration) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| now.saturating_sub(last) >= PERIOD);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

/// `trapped=2, failed=1`
fn shown(errors: &[ErrorCount]) -> String {
    let errors = errors.iter().map(|ErrorCount { kind, count }| format!("{}={count}", kind.name()));
    errors.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use quidditch_function::FailureKind;

    use super::*;

    #[test]
    fn statistics_are_logged_once_in_each_period() {
        let log = StatisticsLog::default();
        let start = Duration::from_secs(5);
        assert!(log.is_due(start) && !log.is_due(start + PERIOD - Duration::from_nanos(1)));
        assert!(log.is_due(start + PERIOD) && !log.is_due(start + PERIOD));
    }

    #[test]
    fn errors_are_shown_by_kind() {
        let error = |kind, count| ErrorCount { kind, count };
        let errors = [error(FailureKind::Trapped, 2), error(FailureKind::Failed, 1)];
        assert_eq!(shown(&errors), "trapped=2, failed=1");
    }
}
