//! Calls a function with the same documents several times, to measure it.

use std::io::BufRead;
use std::time::Duration;

use quidditch_indexing::BadDocument;

use super::{Lines, Trial, TrialError, cost_of_function};

/// What the calls of a function took together.
#[derive(Default)]
pub struct RepeatedTrial {
    /// How often it was called with the documents.
    pub runs: u64,
    /// Number of calls.
    pub calls: u64,
    /// Number of documents that it received, each as often as it received it.
    pub documents: u64,
    /// Time spent in the calls.
    pub time: Duration,
    /// The invalid documents, by line.
    pub bad_documents: Vec<BadDocument>,
}

impl RepeatedTrial {
    /// Average time for each document in nanoseconds; `None` if the function received none.
    pub fn nanos_per_document(&self) -> Option<f64> {
        (self.documents > 0).then(|| self.time.as_nanos() as f64 / self.documents as f64)
    }
}

impl Trial<'_> {
    /// Runs the function on the documents of the input, one on each line, until `time` has passed, and at least once.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub async fn repeat(self, input: impl BufRead, time: Duration) -> Result<RepeatedTrial, TrialError> {
        let lines = Lines::read(input, self.max_documents)?;
        let (snapshot, added) = self.index(&lines.tagged).await?;
        let mut repeated = RepeatedTrial { bad_documents: lines.bad_documents(added), ..RepeatedTrial::default() };
        let end = self.clock.monotonic().saturating_add(time);
        loop {
            let cost = cost_of_function(self.search(&snapshot).await?.profile);
            repeated.runs += 1;
            repeated.calls += cost.calls;
            repeated.documents += cost.documents;
            repeated.time += Duration::from_nanos(cost.time_in_nanos);
            if cost.documents == 0 || self.clock.monotonic() >= end {
                return Ok(repeated);
            }
        }
    }
}
