//! Which operators of regular expressions a query turns on.

use crate::json::{ErrorKind, Node, ParseError};

/// Which optional operators an expression has. The others are ordinary characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operators(u8);

impl Operators {
    pub(super) const NONE: Self = Operators(0);
    pub(super) const INTERSECTION: Self = Operators(0x01);
    pub(super) const COMPLEMENT: Self = Operators(0x02);
    pub(super) const EMPTY: Self = Operators(0x04);
    pub(super) const ANY_STRING: Self = Operators(0x08);
    /// Expressions with names, of which there are none.
    pub(super) const NAMES: Self = Operators(0x10);
    pub(super) const INTERVAL: Self = Operators(0x20);
    pub(crate) const ALL: Self = Operators(0xff);

    /// Those of `flags`: names, separated by `|`.
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let text = node.scalar()?;
        if text.is_empty() {
            return Ok(Self::ALL);
        }
        let mut operators = Self::NONE.0;
        for name in text.split('|').filter(|name| !name.is_empty()) {
            operators |= match &*name.to_ascii_uppercase() {
                "ALL" => return Ok(Self::ALL),
                "INTERSECTION" => Self::INTERSECTION.0,
                "COMPLEMENT" => Self::COMPLEMENT.0,
                "EMPTY" => Self::EMPTY.0,
                "ANYSTRING" => Self::ANY_STRING.0,
                "INTERVAL" => Self::INTERVAL.0,
                "NONE" => Self::NONE.0,
                _ => {
                    let reason = format!(
                        "unknown flag [{name}] in [flags], use ALL, NONE, COMPLEMENT, INTERVAL, INTERSECTION, EMPTY or ANYSTRING"
                    );
                    return Err(node.mistake(ErrorKind::Argument, reason));
                }
            };
        }
        Ok(Operators(operators))
    }

    /// Those of `flags_value`, by their bits.
    pub(crate) fn from_bits(node: &Node<'_>) -> Result<Self, ParseError> {
        Ok(Operators(node.integer()? as u8))
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
