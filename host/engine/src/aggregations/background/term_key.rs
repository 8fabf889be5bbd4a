//! What distinguishes terms, and how much of an index is counted.

/// Which documents a background has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    All,
    Some,
}

/// A term, in a form that means the same in all segments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TermKey {
    Bits(u64),
    Text(String),
}
