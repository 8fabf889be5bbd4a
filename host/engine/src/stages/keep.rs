//! Which of the documents about which a function is asked stay.

/// Which candidates stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Those that the function keeps.
    Kept,
    /// Those that it drops: the function is in `must_not`.
    Dropped,
}
