//! `terminate_after`: how many hits are collected before the search ends.

use crate::json::{Node, ParseError};

/// How many hits are collected before the search ends. 0 means all.
pub(super) fn terminate_after(node: &Node<'_>) -> Result<Option<u64>, ParseError> {
    match node.count()? {
        0 => Ok(None),
        hits => Ok(Some(hits as u64)),
    }
}
