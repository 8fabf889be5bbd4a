//! Calls a function with the same documents several times, to measure it.

use std::io::BufRead;
use std::time::Duration;

use quidditch_indexing::BadDocument;

use super::lines::Lines;
use super::{CallCost, Trial, TrialError, cost_of_function};

/// What a function cost that was called with the same documents several times.
pub struct RepeatedTrial {
    /// How often it was called with the documents.
    pub runs: u64,
    /// What all of its calls cost together.
    pub cost: CallCost,
    /// The invalid documents, by line.
    pub bad_documents: Vec<BadDocument>,
}

impl Trial<'_> {
    /// Runs the function on the documents of the input, one on each line, until `time` has passed, and at least once; only once if the
    /// function receives none of them.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub async fn repeat(self, input: impl BufRead, time: Duration) -> Result<RepeatedTrial, TrialError> {
        let lines = Lines::read(input, self.max_documents)?;
        let (snapshot, added) = self.index(&lines.tagged).await?;
        let (mut runs, mut cost) = (0, CallCost::default());
        let end = self.clock.monotonic().saturating_add(time);
        loop {
            let of_run = cost_of_function(self.search(&snapshot).await?.profile.as_ref());
            runs += 1;
            cost += of_run;
            if of_run.documents == 0 || self.clock.monotonic() >= end {
                return Ok(RepeatedTrial { runs, cost, bad_documents: lines.bad_documents(added) });
            }
        }
    }
}
