//! `track_total_hits`: how exactly matches are counted.

use serde::ser::{Serialize, Serializer};

use crate::json::{Node, ParseError};

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
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if let Ok(exact) = node.boolean() {
            return Ok(if exact { TotalHits::Exact } else { TotalHits::Off });
        }
        let limit =
            node.count().map_err(|_| node.error("[track_total_hits] must be true, false or a non-negative integer"))?;
        Ok(TotalHits::UpTo(limit as u64))
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
