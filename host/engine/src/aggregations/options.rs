//! The options that all aggregations of a field's values have.

use quidditch_function::ColumnKind;
use quidditch_index::{DateFormat, TimeZone};
use serde_json::Value as Json;

use super::decimal_format::DecimalFormat;
use super::failure;
use super::kind::Kind;
use super::time_zone;
use super::value_format::ValueFormat;
use crate::Error;
use crate::functions::{AggregationValues, ValuesFor};
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};
use crate::request::{Parser, parse_value_script};

/// What stands for the name of the field where there is only a script. No field has this name.
pub(super) const SCRIPT: &str = "_script";

/// Where values come from, and how they are shown.
#[derive(Debug, Clone)]
pub(super) struct FieldOptions {
    pub(super) field: String,
    /// The number of the call that computes the values: from those of the field, if there is one.
    pub(super) script: Option<usize>,
    /// What the values of a script are, and those of a field that the mapping does not have.
    pub(super) value_type: Option<ColumnKind>,
    /// What documents without a value count as.
    pub(super) missing: Option<Json>,
    pub(super) format: Option<String>,
    /// Of dates.
    pub(super) time_zone: Option<TimeZone>,
}

impl FieldOptions {
    /// Takes `field`, `script`, `value_type`, `missing` and `format`. `what` names the aggregation for errors, and `default` is what a
    /// script computes that stands alone.
    pub(super) fn take(
        fields: &mut Fields<'_>,
        what: &str,
        default: ColumnKind,
        parser: &mut Parser<'_>,
    ) -> Result<Self, ParseError> {
        let script = fields.take("script");
        let value_type = fields.optional("value_type", |node| VALUE_TYPES.read(node))?;
        let field = match script {
            None => Some(required_field(fields, what)?),
            Some(_) => fields.optional("field", |node| node.text().map(str::to_owned))?,
        };
        let script = match script {
            None => None,
            Some(script) => {
                let values = AggregationValues { field: field.clone(), value_type, default };
                Some(parse_value_script(&script, ValuesFor::Aggregation(values), parser)?)
            }
        };
        let rest = Self::take_rest(fields, field.unwrap_or_else(|| SCRIPT.to_owned()))?;
        Ok(FieldOptions { script, value_type, ..rest })
    }

    fn take_rest(fields: &mut Fields<'_>, field: String) -> Result<Self, ParseError> {
        let missing = fields.optional("missing", |node| match node.json() {
            Json::Null | Json::Array(_) | Json::Object(_) => Err(node.error("[missing] must be a value")),
            value => Ok(value.clone()),
        })?;
        let format = fields.optional("format", Node::text)?.map(str::to_owned);
        Ok(FieldOptions { format, ..Self::new(field, missing) })
    }

    /// The values of a field as they are.
    pub(super) fn new(field: String, missing: Option<Json>) -> Self {
        FieldOptions { field, script: None, value_type: None, missing, format: None, time_zone: None }
    }

    /// Takes `time_zone`, too.
    pub(super) fn with_time_zone(self, fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let time_zone = fields.optional("time_zone", time_zone::parse)?;
        Ok(FieldOptions { time_zone, ..self })
    }

    /// How values are shown: in the request's format, or in that of the field.
    pub(super) fn value_format(&self, kind: Kind, date_format: Option<&DateFormat>) -> Result<ValueFormat, Error> {
        let zone = self.time_zone.clone().unwrap_or_default();
        let field = &self.field;
        match (kind, &self.format) {
            (Kind::Date, Some(text)) => match DateFormat::parse(text) {
                Ok(format) => Ok(ValueFormat::Date(format, zone)),
                Err(error) => Err(failure::argument(format!("field [{field}]: {error}"))),
            },
            (Kind::Date, None) => Ok(ValueFormat::Date(date_format.cloned().unwrap_or_default(), zone)),
            (_, _) if self.time_zone.is_some() && kind != Kind::Text && kind != Kind::Point => {
                Err(failure::argument(format!("field [{field}] is not a date and does not support [time_zone]")))
            }
            // What a script returns is a text as far as clients know, and a format is only for numbers.
            (Kind::Text, Some(_)) if field == SCRIPT => Ok(ValueFormat::Raw),
            (Kind::Text | Kind::Point | Kind::Boolean, Some(_)) => {
                Err(failure::argument(format!("field [{field}] does not support [format]: only numbers and dates do")))
            }
            (Kind::Boolean, None) => Ok(ValueFormat::Boolean),
            (_, None) => Ok(ValueFormat::Raw),
            (_, Some(text)) => Ok(ValueFormat::Decimal(DecimalFormat::parse(text).ok_or_else(|| {
                failure::argument(format!(
                    "[format] of the number field [{field}] must be a pattern such as [0.00] or [#,##0.#], got [{text}]"
                ))
            })?)),
        }
    }
}

/// Types of values, as far as aggregations distinguish them.
const VALUE_TYPES: Words<ColumnKind> = Words {
    key: "value_type",
    case: Case::Exact,
    error: ErrorKind::Argument,
    words: &[
        ("string", ColumnKind::Texts),
        ("byte", ColumnKind::Integers),
        ("short", ColumnKind::Integers),
        ("integer", ColumnKind::Integers),
        ("long", ColumnKind::Integers),
        ("float", ColumnKind::Floats),
        ("double", ColumnKind::Floats),
        ("number", ColumnKind::Floats),
        ("numeric", ColumnKind::Floats),
        ("date", ColumnKind::Dates),
        ("boolean", ColumnKind::Booleans),
    ],
};

/// The name of the field, for aggregations that have no other options of values.
pub(super) fn required_field(fields: &mut Fields<'_>, what: &str) -> Result<String, ParseError> {
    // Clients expect this mistake as one of the whole aggregation.
    let field = fields.required_or(ErrorKind::Argument, "field", what);
    Ok(field.map_err(|error| error.inside(ErrorKind::Argument))?.text()?.to_owned())
}

/// The same for aggregations of points, which no script computes.
pub(super) fn required_point_field(fields: &mut Fields<'_>, what: &str) -> Result<String, ParseError> {
    match fields.take("script") {
        Some(script) => Err(script.error(format!("{what} does not support [script]"))),
        None => required_field(fields, what),
    }
}

/// A number above zero.
pub(super) fn positive(node: &Node<'_>, key: &str) -> Result<usize, ParseError> {
    match node.count() {
        Ok(0) => Err(node.mistake(ErrorKind::Argument, format!("[{key}] must be greater than 0"))),
        other => other,
    }
}
