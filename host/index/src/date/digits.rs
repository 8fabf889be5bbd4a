//! How many digits the numbers of a date have.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    /// Every number has all its digits: the strict formats.
    All,
    AnyNumber,
}
