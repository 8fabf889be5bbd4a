//! What a search cost, for `"profile": true`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use quidditch_index::CostFigures;
use serde::Serialize;

use crate::functions::{BoundCall, FunctionCall};

/// What a search cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// Time of each step, in nanoseconds.
    pub time_in_nanos: Times,
    /// What reading cost.
    pub storage: StorageProfile,
    /// Splits that may have matches, by the ranges in the manifest: the query ran over them.
    pub splits_searched: usize,
    /// Splits that cannot have any.
    pub splits_skipped: usize,
    /// Every function clause of the request, in its order.
    pub functions: Vec<FunctionProfile>,
}

/// Time of each step of a search, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// Finding and binding functions, and planning.
    pub plan: u64,
    /// Opening splits and fetching what the query reads.
    pub warm: u64,
    /// Running the query over all segments.
    pub execute: u64,
    /// Reading the hits' sources.
    pub fetch: u64,
}

/// What reading cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct StorageProfile {
    /// Reads of objects and of ranges of them, that of the manifest included where this request opened the index.
    pub gets: u64,
    /// Bytes that they returned.
    pub bytes: u64,
    /// How often reads had to wait for earlier ones.
    pub round_trips: u64,
    /// Those of them that the query itself had to wait for, since warmup did not foresee what it reads.
    pub late_round_trips: u64,
    /// Reads that a cache saved.
    pub cache_hits: u64,
}

impl StorageProfile {
    pub(crate) fn new(figures: CostFigures, late_round_trips: u64) -> Self {
        let CostFigures { gets, bytes, round_trips, cache_hits } = figures;
        StorageProfile { gets, bytes, round_trips, late_round_trips, cache_hits }
    }
}

/// What one function clause cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionProfile {
    /// Name of the function.
    pub name: String,
    /// The version that was taken.
    pub version: String,
    /// `filter`, `scorer` or `values`.
    pub role: &'static str,
    /// The path of the clause in the request.
    pub clause: String,
    /// Instances that were made: one a worker at most.
    pub instances: u64,
    /// Batches that it was called with.
    pub calls: u64,
    /// Documents in these batches.
    pub documents: u64,
    /// Documents about which it was not called, as its results of earlier requests were kept.
    #[serde(skip_serializing_if = "is_zero")]
    pub cached_documents: u64,
    /// Time in these calls, over all workers.
    pub time_in_nanos: u64,
    /// Documents for which the clause answered instead, since the function failed.
    #[serde(skip_serializing_if = "is_zero")]
    pub failed_documents: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl FunctionProfile {
    /// Whether both are of the same clause and the same function.
    fn is_of_same_call(&self, other: &FunctionProfile) -> bool {
        (&self.clause, &self.name, &self.version) == (&other.clause, &other.name, &other.version)
    }

    fn add(&mut self, other: &FunctionProfile) {
        self.instances += other.instances;
        self.calls += other.calls;
        self.documents += other.documents;
        self.cached_documents += other.cached_documents;
        self.time_in_nanos += other.time_in_nanos;
        self.failed_documents += other.failed_documents;
    }

    pub(crate) fn new(call: &FunctionCall, bound: &BoundCall) -> Self {
        let (id, usage, tolerated) = bound.state();
        FunctionProfile {
            name: id.name.clone(),
            version: id.version.clone(),
            role: call.role.name(),
            clause: call.path.clone(),
            instances: usage.instances.load(Ordering::Relaxed),
            calls: usage.calls.load(Ordering::Relaxed),
            documents: usage.documents.load(Ordering::Relaxed),
            cached_documents: usage.cached_documents.load(Ordering::Relaxed),
            time_in_nanos: usage.nanos.load(Ordering::Relaxed),
            failed_documents: tolerated.failures().map_or(0, |failures| failures.documents),
        }
    }
}

/// What the function clauses of a request cost in several indices together. Indices may have others of their own, which compute
/// fields of their mappings.
pub(crate) fn add_function_profiles(indices: impl Iterator<Item = Vec<FunctionProfile>>) -> Vec<FunctionProfile> {
    let mut sum: Vec<FunctionProfile> = Vec::new();
    for profiles in indices {
        for profile in profiles {
            match sum.iter_mut().find(|sum| sum.is_of_same_call(&profile)) {
                Some(sum) => sum.add(&profile),
                None => sum.push(profile),
            }
        }
    }
    sum
}

pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, clause: &str, calls: u64) -> FunctionProfile {
        FunctionProfile {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            role: "filter",
            clause: clause.to_owned(),
            instances: 1,
            calls,
            documents: 10 * calls,
            cached_documents: 0,
            time_in_nanos: 0,
            failed_documents: 0,
        }
    }

    #[test]
    fn indices_may_have_calls_of_their_own() {
        let first = vec![profile("f", "query.wasm_udf", 1), profile("of_mapping", "derived.d", 2)];
        let second = vec![profile("f", "query.wasm_udf", 4), profile("of_other", "derived.d", 8)];
        let third = vec![profile("g", "post_filter", 16)];
        let sum = add_function_profiles([first, second, third].into_iter());
        let figures: Vec<_> = sum.iter().map(|sum| (sum.name.as_str(), sum.calls, sum.documents)).collect();
        assert_eq!(figures, [("f", 5, 50), ("of_mapping", 2, 20), ("of_other", 8, 80), ("g", 16, 160)]);
    }
}
