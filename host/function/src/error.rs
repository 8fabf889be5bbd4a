//! How a function can fail, and what each failure tells its author or its caller.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::{FunctionId, SharedError};

/// A function's failure. It belongs to the request that named the function and never harms another.
#[derive(Debug, Clone, thiserror::Error)]
#[error("function {function} failed to {phase}")]
pub struct FunctionError {
    /// Which function.
    pub function: FunctionId,
    /// While doing what.
    pub phase: FailurePhase,
    /// What went wrong.
    #[source]
    pub cause: Cause,
}

/// What was asked of the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailurePhase {
    /// Find it and make it ready.
    Load,
    /// Bind it to arguments, or learn its columns.
    Bind,
    /// Answer a batch.
    Run,
}

impl fmt::Display for FailurePhase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            FailurePhase::Load => "load",
            FailurePhase::Bind => "bind",
            FailurePhase::Run => "run",
        })
    }
}

/// Names a document in an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentRef {
    /// Its index in the batch, from 0. Callers of functions know no more about a document.
    BatchIndex(usize),
    /// Its `_id`, which the engine puts in place of the index.
    Id(String),
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocumentRef::BatchIndex(index) => write!(formatter, "document {index} of the batch"),
            DocumentRef::Id(id) => write!(formatter, "document [{id}]"),
        }
    }
}

/// What went wrong with a function.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Cause {
    /// No function of that name, or not that version.
    #[error("{0}")]
    NotFound(String),
    /// It is there but cannot be used like this: no such interface, not a valid component, wrong columns.
    #[error("{0}")]
    Unusable(String),
    /// The arguments are wrong: refused by the host, or by the function's `bind`.
    #[error("{0}")]
    InvalidArgument(String),
    /// The function itself reported that it failed.
    #[error("{0}")]
    Failed(String),
    /// The function trapped: a panic, an out-of-bounds access, a stack overflow.
    #[error("the function trapped: {message}")]
    Trapped {
        /// The guest's panic message where there is one, else the kind of trap.
        message: String,
        /// The guest's frames, innermost first.
        frames: Vec<String>,
    },
    /// The functions of the request used up their time.
    #[error("the function was stopped: the functions of a request may run for {} ms together", limit.as_millis())]
    TimedOut {
        /// What they had.
        limit: Duration,
    },
    /// The function asked for more memory than it may have.
    #[error("the function was stopped: it may use {limit_bytes} bytes of memory and asked for {wanted_bytes}")]
    OutOfMemory {
        /// What it may have.
        limit_bytes: usize,
        /// What it would have had.
        wanted_bytes: usize,
    },
    /// A score that is negative, infinite or not a number.
    #[error("invalid score [{score}] for {document}: must be a finite non-negative number")]
    InvalidScore {
        /// The document that got the score.
        document: DocumentRef,
        /// The score that the function returned.
        score: f32,
    },
    /// Any other answer that breaks the contract, such as a wrong length.
    #[error("{0}")]
    InvalidAnswer(String),
    /// The host could not do its part: storage did not respond, no instance was free. Trying again may help.
    #[error(transparent)]
    Unavailable(SharedError),
}

impl Cause {
    /// The host could not do its part because of `error`.
    pub fn unavailable(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Cause::Unavailable(SharedError::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_score_names_its_document() {
        let message = |document, score| Cause::InvalidScore { document, score }.to_string();
        insta::assert_snapshot!(
            message(DocumentRef::BatchIndex(3), f32::INFINITY),
            @"invalid score [inf] for document 3 of the batch: must be a finite non-negative number"
        );
        insta::assert_snapshot!(
            message(DocumentRef::Id("berlin".to_owned()), -1.5),
            @"invalid score [-1.5] for document [berlin]: must be a finite non-negative number"
        );
    }
}
