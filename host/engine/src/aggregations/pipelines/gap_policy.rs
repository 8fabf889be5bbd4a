//! What a bucket without a value counts as.

use crate::json::{Case, ErrorKind, Words};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum GapPolicy {
    /// It is left out.
    #[default]
    Skip,
    /// It counts as 0.
    InsertZeros,
}

pub(super) const GAP_POLICY: Words<GapPolicy> = Words {
    key: "gap_policy",
    case: Case::Any,
    error: ErrorKind::Parsing,
    words: &[("insert_zeros", GapPolicy::InsertZeros), ("skip", GapPolicy::Skip)],
};
