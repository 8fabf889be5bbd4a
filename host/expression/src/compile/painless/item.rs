//! What the parts of an expression stand for.

use std::sync::Arc;

use super::kind::Typed;
use crate::field::FieldType;

/// A regular expression in the script.
#[derive(Debug, Clone)]
pub(super) struct Regex {
    pub(super) pattern: Arc<str>,
    pub(super) flags: Arc<str>,
}

/// What an expression stands for.
#[derive(Debug, Clone)]
pub(super) enum Item {
    Value(Typed),
    /// `doc`
    Doc,
    /// `doc['field']`
    Values {
        field: String,
        field_type: FieldType,
    },
    /// `Math`
    Class(String),
    Regex(Regex),
    /// A regular expression and the text in which it is searched for.
    Matcher(Regex, Typed),
}
