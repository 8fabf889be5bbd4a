//! The errors of functions.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::document_ref::DocumentRef;
use crate::{FunctionId, NotCalled, Role, ScriptFailure, SharedError};

/// The failure of a function. It fails the request that called the function, and no other one.
#[derive(Debug, Clone, thiserror::Error)]
#[error("function {function} failed to {phase}")]
pub struct FunctionError {
    /// The function.
    pub function: FunctionId,
    /// The phase in which it failed.
    pub phase: FailurePhase,
    /// Why it failed.
    #[source]
    pub cause: Cause,
}

/// The phase in which a function failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailurePhase {
    /// Finding the function and loading it.
    Load,
    /// Binding it to arguments, and requesting its columns.
    Bind,
    /// Processing a batch.
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

/// Why a function failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Cause {
    /// Unknown function or version.
    #[error("{0}")]
    NotFound(String),
    /// The function exists but cannot be used: a missing interface, an invalid component, unavailable columns.
    #[error("{0}")]
    Unusable(String),
    /// The function exists but cannot be used, because of an error of what loads functions.
    #[error("{reason}")]
    Rejected {
        /// What failed.
        reason: &'static str,
        /// Why it failed.
        source: SharedError,
    },
    /// The function exists, but nobody who is trusted has signed it.
    #[error("{0}")]
    Untrusted(String),
    /// Invalid arguments, rejected by the host or by the function's `bind`.
    #[error("{0}")]
    InvalidArgument(String),
    /// The function returned an error.
    #[error("{0}")]
    Failed(String),
    /// The function trapped: a panic, an out-of-bounds access, a stack overflow.
    #[error("the function trapped: {message}")]
    Trapped {
        /// The function's panic message if it logged one, else the kind of trap.
        message: String,
        /// The stack frames of the function, innermost first.
        frames: Vec<String>,
    },
    /// The functions of the request used up their time budget.
    #[error("the function was stopped: the functions of one request share a budget of {} ms", limit.as_millis())]
    TimedOut {
        /// The budget.
        limit: Duration,
    },
    /// The function failed after it was denied more memory.
    #[error("the function ran out of memory: it requested {requested_bytes} bytes; at most {limit_bytes} are allowed")]
    OutOfMemory {
        /// The limit.
        limit_bytes: usize,
        /// The size to which it tried to grow its memory.
        requested_bytes: usize,
    },
    /// The function failed after it was denied more memory, because the functions of its request used all that they share.
    #[error("the function ran out of memory: the functions of one request may use {limit_bytes} bytes together")]
    OutOfSharedMemory {
        /// The limit.
        limit_bytes: u64,
    },
    /// A score that is negative, infinite or not a number.
    #[error("invalid score [{score}] for {document}: must be a finite non-negative number")]
    InvalidScore {
        /// The document that got the score.
        document: DocumentRef,
        /// The score that the function returned.
        score: f32,
    },
    /// A computed value that is infinite or not a number.
    #[error("invalid value [{value}] for {document}: must be a finite number")]
    InvalidNumber {
        /// The document that got the value.
        document: DocumentRef,
        /// The value that the function returned.
        value: f64,
    },
    /// A mistake in a script, or its failure on a document.
    #[error(transparent)]
    Script(Box<ScriptFailure>),
    /// Any other result that violates the contract, such as one of the wrong length.
    #[error("{0}")]
    InvalidAnswer(String),
    /// The function is temporarily unavailable: the storage did not respond, or no instance was free. A retry may succeed.
    #[error(transparent)]
    Unavailable(SharedError),
    /// The host does not call the function.
    #[error(transparent)]
    NotCalled(NotCalled),
}

impl FunctionError {
    /// Whether the request is wrong: it names a function or version that does not exist, passes arguments that the function does not
    /// take, or uses it as what it is not. Another request may succeed.
    pub fn is_mistake_of_caller(&self) -> bool {
        match self.cause {
            Cause::NotFound(_) | Cause::InvalidArgument(_) => true,
            Cause::Unusable(_) | Cause::Script(_) => self.phase == FailurePhase::Bind,
            _ => false,
        }
    }
}

impl Cause {
    /// The function cannot be used because of `error`; `reason` says what failed.
    pub fn rejected(reason: &'static str, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Cause::Rejected { reason, source: SharedError::new(error) }
    }

    /// The function is temporarily unavailable because of `error`.
    pub fn unavailable(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Cause::Unavailable(SharedError::new(error))
    }

    /// The function does not have the role that a clause needs.
    pub fn missing_role(role: Role) -> Self {
        Cause::Unusable(match role {
            Role::Filter | Role::Scorer => format!("the function is not a {role}"),
            Role::Values => "the function computes no values".to_owned(),
        })
    }

    /// The document that the error names, if it names one.
    pub fn document_mut(&mut self) -> Option<&mut DocumentRef> {
        match self {
            Cause::InvalidScore { document, .. } | Cause::InvalidNumber { document, .. } => Some(document),
            Cause::Script(failure) => failure.document.as_mut(),
            _ => None,
        }
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
