//! Why an evaluation ends early.

use crate::failure::Failure;

/// Why a batch could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The script failed on a document.
    Failed {
        failure: Failure,
        /// The byte of the source.
        at: usize,
        /// The number of the document in the batch.
        row: usize,
    },
    /// The time is over.
    TimedOut,
}
