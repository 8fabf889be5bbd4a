//! What missing parts of a date mean.

/// What a date without some of its parts means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// The first moment.
    Down,
    /// The last moment: missing parts of the time have their largest values.
    Up,
}
