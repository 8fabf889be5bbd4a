//! How a command ended.

use std::process::ExitCode;

/// How a command ended; determines the exit code. Invalid usage exits with 2 before a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Success.
    Done,
    /// The command failed, or found problems.
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
