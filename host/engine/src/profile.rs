//! What a search cost, for `"profile": true`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;

use crate::bound::Usage;
use crate::planner::BoundCall;
use crate::query::FunctionCall;

/// What a search cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// Time of each step, in nanoseconds.
    pub time_in_nanos: Times,
    /// Segments that the query ran over.
    pub segments: usize,
    /// Every function clause of the request, in its order.
    pub functions: Vec<FunctionProfile>,
}

/// Time of each step of a search, in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// Finding and binding functions, and planning.
    pub plan: u64,
    /// Running the query over all segments.
    pub execute: u64,
    /// Reading the hits' sources.
    pub fetch: u64,
}

/// What one function clause cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionProfile {
    /// Name of the function.
    pub name: String,
    /// The version that was taken.
    pub version: String,
    /// `filter` or `scorer`.
    pub role: &'static str,
    /// Where in the request the clause stands.
    pub clause: String,
    /// Instances that were made: one a worker at most.
    pub instances: u64,
    /// Batches that it was called with.
    pub calls: u64,
    /// Documents in these batches.
    pub documents: u64,
    /// Time in these calls, over all workers.
    pub time_in_nanos: u64,
}

impl FunctionProfile {
    pub(crate) fn new(call: &FunctionCall, bound: &BoundCall) -> Self {
        let (id, usage): (_, &Usage) = match bound {
            BoundCall::Filter(filter) => (filter.id(), &filter.usage),
            BoundCall::Scorer(scorer) => (scorer.id(), &scorer.usage),
        };
        FunctionProfile {
            name: id.name.clone(),
            version: id.version.clone(),
            role: call.role.name(),
            clause: call.path.clone(),
            instances: usage.instances.load(Ordering::Relaxed),
            calls: usage.calls.load(Ordering::Relaxed),
            documents: usage.documents.load(Ordering::Relaxed),
            time_in_nanos: usage.nanos.load(Ordering::Relaxed),
        }
    }
}

pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
