//! `track_total_hits`: how exactly matches are counted.

use serde::ser::{Serialize, Serializer};

use crate::json::{ErrorKind, Node, ParseError};

/// How exactly matches are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TotalHits {
    Exact,
    /// Exactly up to this many; beyond it, "at least".
    UpTo(u64),
    /// Not at all: the search may skip documents that cannot become hits.
    Off,
}

impl Default for TotalHits {
    fn default() -> Self {
        TotalHits::UpTo(10_000)
    }
}

impl TotalHits {
    /// `true`, `false`, a number, or -1, which is `false`.
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if let Ok(exact) = node.boolean() {
            return Ok(if exact { TotalHits::Exact } else { TotalHits::Off });
        }
        let wrong = |kind| node.mistake(kind, "[track_total_hits] must be true, false or a non-negative integer");
        match node.integer().map_err(|error| wrong(error.kind))? {
            -1 => Ok(TotalHits::Off),
            limit => u64::try_from(limit).map(TotalHits::UpTo).map_err(|_| wrong(ErrorKind::Argument)),
        }
    }
}

impl Serialize for TotalHits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            TotalHits::Exact => serializer.serialize_bool(true),
            TotalHits::Off => serializer.serialize_bool(false),
            TotalHits::UpTo(limit) => serializer.serialize_u64(*limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn booleans_and_numbers_say_how_exactly_to_count() {
        let parse = |json: Json| TotalHits::parse(&Node::root(&json)).map_err(|error| error.kind);
        assert_eq!(parse(json!("true")), Ok(TotalHits::Exact));
        assert_eq!(parse(json!(false)), Ok(TotalHits::Off));
        assert_eq!(parse(json!(-1)), Ok(TotalHits::Off));
        assert_eq!(parse(json!("7")), Ok(TotalHits::UpTo(7)));
        assert_eq!(parse(json!(1.5)), Ok(TotalHits::UpTo(1)));
        assert_eq!(parse(json!(-2)), Err(ErrorKind::Argument));
        assert_eq!(parse(json!("x")), Err(ErrorKind::NumberFormat));
        assert_eq!(parse(json!([])), Err(ErrorKind::Parsing));
        assert_eq!(parse(json!(3e9)), Err(ErrorKind::NumberRange));
    }
}
