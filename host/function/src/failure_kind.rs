//! The kinds of failures, which statistics count and responses name.

use crate::{Cause, NotCalled};

/// A kind of failure of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// There is no such function or version.
    NotFound,
    /// It cannot be used.
    Unusable,
    /// Nobody who is trusted has signed it.
    Untrusted,
    /// The caller or the function itself rejected the arguments.
    InvalidArgument,
    /// It returned an error.
    Failed,
    /// It trapped.
    Trapped,
    /// The time of the functions of a request was used up.
    TimedOut,
    /// It was denied memory.
    OutOfMemory,
    /// What it returned violates the contract.
    InvalidResult,
    /// A script failed on a document.
    Script,
    /// It could not be loaded or started; a retry may succeed.
    Unavailable,
    /// An operator has switched it off.
    Disabled,
    /// It failed too often.
    CircuitOpen,
    /// It may not have more instances.
    TooManyInstances,
    /// It may not be called more often.
    TooManyCalls,
}

impl FailureKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [FailureKind; 15] = [
        FailureKind::NotFound,
        FailureKind::Unusable,
        FailureKind::Untrusted,
        FailureKind::InvalidArgument,
        FailureKind::Failed,
        FailureKind::Trapped,
        FailureKind::TimedOut,
        FailureKind::OutOfMemory,
        FailureKind::InvalidResult,
        FailureKind::Script,
        FailureKind::Unavailable,
        FailureKind::Disabled,
        FailureKind::CircuitOpen,
        FailureKind::TooManyInstances,
        FailureKind::TooManyCalls,
    ];

    /// The name, as in responses and metrics.
    pub fn name(self) -> &'static str {
        match self {
            FailureKind::NotFound => "not_found",
            FailureKind::Unusable => "unusable",
            FailureKind::Untrusted => "untrusted",
            FailureKind::InvalidArgument => "invalid_argument",
            FailureKind::Failed => "failed",
            FailureKind::Trapped => "trapped",
            FailureKind::TimedOut => "timed_out",
            FailureKind::OutOfMemory => "out_of_memory",
            FailureKind::InvalidResult => "invalid_result",
            FailureKind::Script => "script",
            FailureKind::Unavailable => "unavailable",
            FailureKind::Disabled => "disabled",
            FailureKind::CircuitOpen => "circuit_open",
            FailureKind::TooManyInstances => "too_many_instances",
            FailureKind::TooManyCalls => "too_many_calls",
        }
    }
}

impl Cause {
    /// The kind of the failure.
    pub fn kind(&self) -> FailureKind {
        match self {
            Cause::NotFound(_) => FailureKind::NotFound,
            Cause::Unusable(_) | Cause::Rejected { .. } => FailureKind::Unusable,
            Cause::Untrusted(_) => FailureKind::Untrusted,
            Cause::InvalidArgument(_) => FailureKind::InvalidArgument,
            Cause::Failed(_) => FailureKind::Failed,
            Cause::Trapped { .. } => FailureKind::Trapped,
            Cause::TimedOut { .. } => FailureKind::TimedOut,
            Cause::OutOfMemory { .. } | Cause::OutOfSharedMemory { .. } => FailureKind::OutOfMemory,
            Cause::InvalidScore { .. } | Cause::InvalidNumber { .. } | Cause::InvalidAnswer(_) => {
                FailureKind::InvalidResult
            }
            Cause::Script(_) => FailureKind::Script,
            Cause::Unavailable(_) => FailureKind::Unavailable,
            Cause::NotCalled(NotCalled::Disabled | NotCalled::DisabledInStore(_)) => FailureKind::Disabled,
            Cause::NotCalled(NotCalled::CircuitOpen { .. }) => FailureKind::CircuitOpen,
            Cause::NotCalled(NotCalled::TooManyInstances { .. }) => FailureKind::TooManyInstances,
            Cause::NotCalled(NotCalled::TooManyCalls { .. }) => FailureKind::TooManyCalls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_numbered_in_their_order_and_have_different_names() {
        for (number, kind) in FailureKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
            assert!(FailureKind::ALL.iter().filter(|other| other.name() == kind.name()).count() == 1);
        }
    }
}
