//! How the regular expression that inputs begin with is meant.

use crate::json::{ErrorKind, Node, ParseError};
use crate::query::Operators;
use crate::terms::MAX_EFFORT;

/// `regex`: how the regular expression is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RegexOptions {
    pub(super) operators: Operators,
    /// What compiling it may cost.
    pub(super) effort: usize,
}

impl Default for RegexOptions {
    fn default() -> Self {
        RegexOptions { operators: Operators::ALL, effort: MAX_EFFORT }
    }
}

impl RegexOptions {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let default = RegexOptions::default();
        let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
        let mut fields = node.fields()?;
        let flags = fields.optional("flags", |node| match node.json().is_number() {
            true => Operators::from_bits(node),
            false => Operators::parse(node),
        });
        let bits = fields.optional("flags_value", Operators::from_bits);
        let operators = bits.map_err(as_object)?.or(flags.map_err(as_object)?).unwrap_or(default.operators);
        let effort = fields.optional("max_determinized_states", Node::count)?.unwrap_or(default.effort);
        fields.finish("[regex]").map_err(as_object)?;
        Ok(RegexOptions { operators, effort })
    }
}
