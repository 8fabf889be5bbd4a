//! `zero_terms_query`: what a text matches that the analyzer leaves nothing of.

use crate::json::{Case, ErrorKind, Words};
use crate::plan::Planned;

/// What a text without terms matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZeroTerms {
    /// No documents.
    None,
    /// All documents.
    All,
    /// The query is left out, as if it had not been written. Only in the query languages.
    Dropped,
}

pub(super) const ZERO_TERMS: Words<ZeroTerms> = Words {
    key: "zero_terms_query",
    case: Case::Any,
    error: ErrorKind::Parsing,
    words: &[("none", ZeroTerms::None), ("all", ZeroTerms::All)],
};

impl ZeroTerms {
    pub(super) fn plan(self, boost: f32) -> Planned {
        match self {
            ZeroTerms::None | ZeroTerms::Dropped => Planned::none(),
            ZeroTerms::All => Planned::all(boost),
        }
    }
}
