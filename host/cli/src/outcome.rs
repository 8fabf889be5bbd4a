//! How a command ended.

use std::process::ExitCode;

/// How a command ended, as its exit code says it. Wrong usage ends with 2 before any command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was done.
    Done,
    /// The work failed, or something was found to be wrong.
    Failed,
    /// Some documents were skipped.
    PartlyDone,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(match outcome {
            Outcome::Done => 0,
            Outcome::Failed => 1,
            Outcome::PartlyDone => 3,
        })
    }
}
