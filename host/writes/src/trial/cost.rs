//! What the calls of a function cost.

use std::ops::AddAssign;
use std::time::Duration;

/// What the calls of a function cost together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallCost {
    /// Number of calls.
    pub calls: u64,
    /// Number of documents that the function received.
    pub documents: u64,
    /// Time spent in the calls.
    pub time: Duration,
}

impl CallCost {
    /// Average time for each document in nanoseconds; `None` if the function received none.
    pub fn nanos_per_document(&self) -> Option<f64> {
        (self.documents > 0).then(|| self.time.as_nanos() as f64 / self.documents as f64)
    }
}

impl AddAssign for CallCost {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.documents += other.documents;
        self.time += other.time;
    }
}
