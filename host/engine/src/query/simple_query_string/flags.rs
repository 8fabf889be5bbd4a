//! Which operators a simple query may have: `flags`.

use crate::json::{ErrorKind, Node, ParseError};

/// A set of operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flags(u32);

impl Flags {
    pub(super) const AND: Self = Flags(1);
    pub(super) const NOT: Self = Flags(1 << 1);
    pub(super) const OR: Self = Flags(1 << 2);
    pub(super) const PREFIX: Self = Flags(1 << 3);
    pub(super) const PHRASE: Self = Flags(1 << 4);
    pub(super) const PRECEDENCE: Self = Flags(1 << 5);
    pub(super) const ESCAPE: Self = Flags(1 << 6);
    pub(super) const WHITESPACE: Self = Flags(1 << 7);
    pub(super) const FUZZY: Self = Flags(1 << 8);
    pub(super) const NEAR: Self = Flags(1 << 9);
    pub(super) const ALL: Self = Flags(u32::MAX);
    const NONE: Self = Flags(0);

    pub(super) fn have(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }

    /// `"AND|OR"`, or the same as a number.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if node.json().is_number() {
            return match node.integer()? {
                number if number < 0 => Ok(Flags::ALL),
                number => Ok(Flags(number as u32)),
            };
        }
        let text = node.text()?;
        if text.is_empty() {
            return Ok(Flags::ALL);
        }
        let mut flags = Flags::NONE;
        for name in text.split('|').filter(|name| !name.is_empty()) {
            let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let Some((_, flag)) = known else {
                let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
                let reason =
                    format!("unknown flag [{name}] of a [simple_query_string] query, use {}", names.join(", "));
                return Err(node.mistake(ErrorKind::Argument, reason));
            };
            match *flag {
                Flags::NONE => return Ok(Flags::NONE),
                Flags::ALL => return Ok(Flags::ALL),
                flag => flags.0 |= flag.0,
            }
        }
        Ok(flags)
    }
}

const NAMES: &[(&str, Flags)] = &[
    ("ALL", Flags::ALL),
    ("NONE", Flags::NONE),
    ("AND", Flags::AND),
    ("NOT", Flags::NOT),
    ("OR", Flags::OR),
    ("PREFIX", Flags::PREFIX),
    ("PHRASE", Flags::PHRASE),
    ("PRECEDENCE", Flags::PRECEDENCE),
    ("ESCAPE", Flags::ESCAPE),
    ("WHITESPACE", Flags::WHITESPACE),
    ("FUZZY", Flags::FUZZY),
    ("NEAR", Flags::NEAR),
    ("SLOP", Flags::NEAR),
];

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn names_and_numbers() {
        let parse = |json: Json| Flags::parse(&Node::root(&json)).expect("valid");
        assert_eq!(parse(json!("AND|or")), Flags(5));
        assert_eq!([json!(""), json!("OR|ALL"), json!(-1)].map(parse), [Flags::ALL; 3]);
        assert_eq!([json!("NONE"), json!(0)].map(parse), [Flags::NONE; 2]);
        assert_eq!(parse(json!("SLOP")), Flags::NEAR);
        let error = Flags::parse(&Node::root(&json!("AND|XOR"))).expect_err("unknown");
        insta::assert_snapshot!(error.reason, @"unknown flag [XOR] of a [simple_query_string] query, use ALL, NONE, AND, NOT, OR, PREFIX, PHRASE, PRECEDENCE, ESCAPE, WHITESPACE, FUZZY, NEAR, SLOP");
    }
}
