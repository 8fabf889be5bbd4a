//! The field that an aggregation reads.

mod planning;

use std::sync::Arc;

use super::kind::Kind;
use super::value_format::ValueFormat;
use crate::columns::ComputedField;

pub(super) use planning::{MixedNumbers, Taken, check_classes};

/// A field, checked against the mapping, with what its missing values count as.
pub(crate) struct Source {
    /// `None` if the field is not mapped: then no document has values.
    pub(super) column: Option<String>,
    /// Its values, if the request computes them.
    pub(super) computed: Option<Arc<ComputedField>>,
    pub(super) kind: Kind,
    pub(super) missing: Option<Missing>,
    pub(super) format: ValueFormat,
    /// Whether an integer of this index comes together with floats of another.
    is_widened: bool,
}

/// What a missing value counts as.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Missing {
    Integer(i64),
    /// For a field of integers, too: then all values count as floats.
    Float(f64),
    Text(String),
}

impl Source {
    /// Of texts that are in no column.
    pub(super) fn for_texts() -> Self {
        let (kind, format) = (Kind::Text, ValueFormat::Raw);
        Source { column: None, computed: None, kind, missing: None, format, is_widened: false }
    }

    /// Whether values are addresses.
    pub(super) fn is_address(&self) -> bool {
        matches!(self.format, ValueFormat::Ip)
    }

    /// The column, if its values count as they are stored, and those that are missing do not count.
    pub(super) fn stored(&self) -> Option<&str> {
        self.column.as_deref().filter(|_| self.computed.is_none() && self.missing.is_none())
    }

    /// The text that missing values count as.
    pub(super) fn missing_text(&self) -> Option<&str> {
        match &self.missing {
            Some(Missing::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether values are compared as floats: also those of a field of integers, if missing ones count as a fraction.
    pub(super) fn has_floats(&self) -> bool {
        let is_float = matches!(self.kind, Kind::Float | Kind::Single);
        is_float || self.is_widened || matches!(self.missing, Some(Missing::Float(_)))
    }
}

impl Missing {
    pub(super) fn number(&self) -> f64 {
        match self {
            Missing::Integer(integer) => *integer as f64,
            Missing::Float(float) => *float,
            Missing::Text(_) => f64::NAN,
        }
    }
}
