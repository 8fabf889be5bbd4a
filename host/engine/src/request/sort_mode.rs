//! What of several values a document is sorted by.

use crate::json::{Case, ErrorKind, Words};

/// What of several values counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Min,
    Max,
    Average,
    Sum,
    Median,
}

pub(super) const MODES: Words<Mode> = Words {
    key: "mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("min", Mode::Min),
        ("max", Mode::Max),
        ("avg", Mode::Average),
        ("sum", Mode::Sum),
        ("median", Mode::Median),
    ],
};
