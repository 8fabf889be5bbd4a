//! That determinizing a regular expression takes too much effort.

/// An expression is too complex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("determinizing it would require more than {effort} effort")]
pub(crate) struct TooComplex {
    pub(super) effort: usize,
}
