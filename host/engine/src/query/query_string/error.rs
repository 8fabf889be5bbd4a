//! What is wrong with a query that is written as a text.

/// A mistake, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at position {position}")]
pub(in super::super) struct SyntaxError {
    pub(in super::super) reason: String,
    /// The index of the character.
    pub(in super::super) position: usize,
}

impl SyntaxError {
    pub(in super::super) fn new(reason: impl Into<String>, position: usize) -> Self {
        SyntaxError { reason: reason.into(), position }
    }
}
