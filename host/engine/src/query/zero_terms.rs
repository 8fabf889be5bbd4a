//! `zero_terms_query`: what a text matches that the analyzer leaves nothing of.

use crate::json::{Node, ParseError};
use crate::plan::Planned;

/// What a text without terms matches.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ZeroTerms {
    /// No documents.
    None,
    /// All documents.
    All,
}

impl ZeroTerms {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        match node.text()? {
            "none" => Ok(ZeroTerms::None),
            "all" => Ok(ZeroTerms::All),
            other => Err(node.error(format!("[zero_terms_query] must be [none] or [all], got [{other}]"))),
        }
    }

    pub(super) fn plan(self, boost: f32) -> Planned {
        match self {
            ZeroTerms::None => Planned::none(),
            ZeroTerms::All => Planned::all(boost),
        }
    }
}
