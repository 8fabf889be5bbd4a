//! Why a trial returns no results.

use std::io;
use std::time::Duration;

use quidditch_engine::Error as EngineError;
use quidditch_function::FunctionError;
use quidditch_index::IndexError;
use quidditch_indexing::IndexingError;

/// Why a trial returns no results.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The input cannot be read.
    #[error("cannot read the documents")]
    Input(#[source] io::Error),
    /// There are too many documents.
    #[error("too many documents: at most {0} are allowed")]
    TooManyDocuments(usize),
    /// The function takes too long.
    #[error("the function did not finish within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The function does not exist, or fails.
    #[error(transparent)]
    Function(FunctionError),
    /// The documents cannot be searched with it.
    #[error(transparent)]
    Search(EngineError),
    /// The documents cannot be indexed.
    #[error(transparent)]
    Indexing(#[from] IndexingError),
}

impl From<IndexError> for TrialError {
    fn from(error: IndexError) -> Self {
        TrialError::Indexing(error.into())
    }
}
