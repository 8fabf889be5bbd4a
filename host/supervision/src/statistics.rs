//! What is known of the calls of a function.

use quidditch_function::{FailureKind, FunctionId, Role};

use crate::circuit::CircuitState;

/// The calls of one version of a function since the start of the process.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionStatistics {
    /// The version.
    pub function: FunctionId,
    /// Whether it is disabled.
    pub is_disabled: bool,
    /// The state of its circuit breaker.
    pub circuit: CircuitState,
    /// How often its circuit breaker has opened.
    pub times_opened: u64,
    /// The instances that there are now.
    pub instances: u32,
    /// Of each role in which it was called.
    pub roles: Vec<(Role, RoleStatistics)>,
}

/// The calls of a version in one role.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleStatistics {
    /// Clauses in searches of an index, whether or not the function was called.
    pub clauses: u64,
    /// Batches that it was called with.
    pub calls: u64,
    /// Documents in these batches.
    pub documents: u64,
    /// Documents about which it was not called, as its results were kept.
    pub cached_documents: u64,
    /// Instances that were made.
    pub instances_made: u64,
    /// Calls of instances that had been called before.
    pub instances_reused: u64,
    /// How long the calls took.
    pub time: TimeStatistics,
    /// Failures, of those kinds that there were.
    pub errors: Vec<ErrorCount>,
}

/// How often a function failed in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorCount {
    /// The kind of the failures.
    pub kind: FailureKind,
    /// How many there were.
    pub count: u64,
}

/// Times in nanoseconds, accurate to 1 %.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStatistics {
    /// Their sum, which is exact.
    pub total_nanos: u64,
    /// The median.
    pub p50_nanos: u64,
    /// The time that 90 % do not exceed.
    pub p90_nanos: u64,
    /// The time that 99 % do not exceed.
    pub p99_nanos: u64,
    /// The longest.
    pub max_nanos: u64,
    /// Distinguishable times, ascending, each with how often it was measured.
    pub counts: Vec<(u64, u64)>,
}

impl TimeStatistics {
    /// How many times are in each of the ranges that end at these bounds, in ascending order of nanoseconds, and how many are longer.
    pub fn in_ranges(&self, bounds: &[u64]) -> Vec<u64> {
        let mut counts = vec![0; bounds.len() + 1];
        for (nanos, count) in &self.counts {
            counts[bounds.partition_point(|bound| bound < nanos)] += count;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_the_first_range_that_it_does_not_exceed() {
        let counts = vec![(5, 1), (10, 2), (11, 3), (100, 4), (101, 5)];
        let times = TimeStatistics { total_nanos: 0, p50_nanos: 0, p90_nanos: 0, p99_nanos: 0, max_nanos: 0, counts };
        assert_eq!(times.in_ranges(&[10, 100]), [3, 7, 5]);
        assert_eq!(times.in_ranges(&[]), [15]);
    }
}
