//! The options that all aggregations of a field's values have.

use quidditch_index::TimeZone;
use serde_json::Value as Json;

use super::time_zone;
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// Where values come from, and how they are shown.
#[derive(Debug, Clone)]
pub(super) struct FieldOptions {
    pub(super) field: String,
    /// What documents without a value count as.
    pub(super) missing: Option<Json>,
    pub(super) format: Option<String>,
    /// Of dates.
    pub(super) time_zone: Option<TimeZone>,
}

impl FieldOptions {
    /// Takes `field`, `missing` and `format`. `what` names the aggregation for errors.
    pub(super) fn take(fields: &mut Fields<'_>, what: &str) -> Result<Self, ParseError> {
        if let Some(script) = fields.take("script") {
            return Err(script.error(format!("{what} does not support [script] yet: use [field]")));
        }
        let field = required_field(fields, what)?;
        let missing = fields.optional("missing", |node| match node.json() {
            Json::Null | Json::Array(_) | Json::Object(_) => Err(node.error("[missing] must be a value")),
            value => Ok(value.clone()),
        })?;
        let format = fields.optional("format", Node::text)?.map(str::to_owned);
        Ok(FieldOptions { field, missing, format, time_zone: None })
    }

    /// Takes `time_zone`, too.
    pub(super) fn take_with_time_zone(fields: &mut Fields<'_>, what: &str) -> Result<Self, ParseError> {
        let time_zone = fields.optional("time_zone", time_zone::parse)?;
        Ok(FieldOptions { time_zone, ..Self::take(fields, what)? })
    }
}

/// The name of the field, for aggregations that have no other options of values.
pub(super) fn required_field(fields: &mut Fields<'_>, what: &str) -> Result<String, ParseError> {
    // Clients know this mistake as one of the whole aggregation.
    let field = fields.required_or(ErrorKind::Argument, "field", what);
    Ok(field.map_err(|error| error.inside(ErrorKind::Argument))?.text()?.to_owned())
}

/// A number above zero.
pub(super) fn positive(node: &Node<'_>, key: &str) -> Result<usize, ParseError> {
    match node.count() {
        Ok(0) => Err(node.mistake(ErrorKind::Argument, format!("[{key}] must be greater than 0"))),
        other => other,
    }
}
