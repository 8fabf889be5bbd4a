//! The field that an aggregation reads.

use std::sync::Arc;

use quidditch_index::{Field, FieldKind, FieldValue};
use serde_json::Value as Json;

use super::failure;
use super::kind::Kind;
use super::options::FieldOptions;
use super::value_format::ValueFormat;
use crate::Error;
use crate::columns::ComputedField;
use crate::plan::{Planner, ValueClass};

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

/// Which fields an aggregation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepts {
    /// Numbers, dates and booleans.
    Numbers,
    /// Keywords, too.
    Values,
    /// Points, too.
    Anything,
}

impl Source {
    /// Finds the field, and announces that its column will be read. `type_name` is that of the aggregation; `unmapped` is what
    /// the values of an unmapped field count as.
    pub(super) fn plan(
        planner: &Planner<'_>,
        options: &FieldOptions,
        type_name: &str,
        accepts: Accepts,
        unmapped: Kind,
    ) -> Result<Self, Error> {
        let computed = planner.computed(&options.field);
        let own = match computed {
            Some(computed) => Some(&computed.field),
            None => planner.field(&options.field),
        };
        // Where only other indices have the field, results must merge with theirs.
        let elsewhere = || {
            let field = planner.mappings.field(&options.field);
            field.filter(|field| Kind::of(field, planner).is_ok_and(|kind| accepts.allows(kind)))
        };
        let Some(field) = own.or_else(elsewhere) else {
            return Self::plan_unmapped(planner, options, type_name, accepts, unmapped);
        };
        let kind = Kind::of(field, planner)?;
        if !accepts.allows(kind) {
            return Err(failure::argument(format!(
                "field [{}] of type [{}] is not supported for aggregation [{type_name}]",
                field.name(),
                field.kind().type_name()
            )));
        }
        let column = own.and_then(|field| field.column_name().or_else(|| field.point_columns().map(|(lat, _)| lat)));
        let missing = options.missing.as_ref().map(|json| missing_of(field, kind, json, planner)).transpose()?;
        let date_format = match field.kind() {
            FieldKind::Date { format, .. } => Some(format),
            _ => None,
        };
        Ok(Source {
            column: column.filter(|_| computed.is_none()).map(|column| announced(planner, column)),
            computed: computed.cloned(),
            kind,
            missing,
            format: match field.kind() {
                FieldKind::Ip => ValueFormat::Ip,
                _ => ValueFormat::plan(kind, date_format, options)?,
            },
            is_widened: kind == Kind::Integer && planner.mappings.has(&options.field, ValueClass::Floats),
        })
    }

    fn plan_unmapped(
        planner: &Planner<'_>,
        options: &FieldOptions,
        type_name: &str,
        accepts: Accepts,
        unmapped: Kind,
    ) -> Result<Self, Error> {
        let name = &options.field;
        if name == "_id" && accepts != Accepts::Numbers {
            let missing = options.missing.as_ref().map(|json| Missing::Text(text_of(json)));
            let format = ValueFormat::plan(Kind::Text, None, options)?;
            let column = Some(announced(planner, "_id"));
            return Ok(Source { column, computed: None, kind: Kind::Text, missing, format, is_widened: false });
        }
        if name.starts_with('_') {
            return Err(failure::argument(format!("field [{name}] is not supported for aggregation [{type_name}]")));
        }
        let missing = match (&options.missing, unmapped) {
            (None, _) => None,
            (Some(json), Kind::Text) => Some(Missing::Text(text_of(json))),
            (Some(json), _) => Some(number_of(name, json)?),
        };
        let format = ValueFormat::plan(unmapped, None, options)?;
        Ok(Source { column: None, computed: None, kind: unmapped, missing, format, is_widened: false })
    }
}

impl Accepts {
    fn allows(self, kind: Kind) -> bool {
        match kind {
            Kind::Text => self != Accepts::Numbers,
            Kind::Point => self == Accepts::Anything,
            _ => true,
        }
    }
}

/// Checks that the values of a field can be the same keys in all indices. Only if `mixed` says so, integers and floats can.
pub(super) fn check_classes(planner: &Planner<'_>, name: &str, field: &str, mixed: MixedNumbers) -> Result<(), Error> {
    let mappings = planner.mappings;
    let is_mixed = match mixed {
        MixedNumbers::Merge => mappings.has(field, ValueClass::Texts) && mappings.classes(field).len() > 1,
        MixedNumbers::Fail => mappings.classes(field).len() > 1,
    };
    if is_mixed {
        let types = mappings.types(field).join("], [");
        return Err(failure::execution(format!(
            "aggregation [{name}] cannot merge the values of the field [{field}], which is of different types in the \
             indices: [{types}]"
        )));
    }
    Ok(())
}

/// What happens to a field of integers in some indices and of floats in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MixedNumbers {
    /// All count as floats.
    Merge,
    Fail,
}

fn announced(planner: &Planner<'_>, column: &str) -> String {
    planner.warmup.column(column);
    column.to_owned()
}

fn missing_of(field: &Field, kind: Kind, json: &Json, planner: &Planner<'_>) -> Result<Missing, Error> {
    match kind {
        Kind::Text if *field.kind() == FieldKind::Ip => match field.query_value(json, planner.now_millis) {
            Ok(Some(FieldValue::Text(address))) => Ok(Missing::Text(address)),
            Ok(_) => unreachable!("an address is read as a text"),
            Err(error) => Err(failure::argument(error.to_string())),
        },
        Kind::Text | Kind::Point => Ok(Missing::Text(text_of(json))),
        Kind::Integer | Kind::Float | Kind::Single => number_of(field.name(), json),
        Kind::Boolean => match json {
            Json::Bool(value) => Ok(Missing::Integer(i64::from(*value))),
            Json::String(text) if text == "true" => Ok(Missing::Integer(1)),
            Json::String(text) if text == "false" => Ok(Missing::Integer(0)),
            other => Err(failure::argument(format!(
                "[missing] of the boolean field [{}] must be [true] or [false], got [{other}]",
                field.name()
            ))),
        },
        Kind::Date => match field.query_value(json, planner.now_millis) {
            Ok(Some(FieldValue::Date(millis))) => Ok(Missing::Integer(millis)),
            Ok(Some(FieldValue::Nanos(nanos))) => Ok(Missing::Integer(nanos.div_euclid(1_000_000))),
            Ok(_) => unreachable!("a date is read as a date"),
            Err(error) => Err(failure::date(error.to_string())),
        },
    }
}

fn number_of(field: &str, json: &Json) -> Result<Missing, Error> {
    // Outside this range, floats cannot be converted to integers.
    let is_whole = |float: f64| float.fract() == 0.0 && float.abs() < 2.0_f64.powi(63);
    let from_float = |float: f64| {
        if is_whole(float) { Missing::Integer(float as i64) } else { Missing::Float(float) }
    };
    let number = match json {
        Json::Number(number) => number.as_i64().map(Missing::Integer).or_else(|| number.as_f64().map(from_float)),
        Json::String(text) => {
            let float = || text.parse().ok().filter(|float: &f64| float.is_finite()).map(from_float);
            text.parse().ok().map(Missing::Integer).or_else(float)
        }
        _ => None,
    };
    number.ok_or_else(|| {
        failure::number_format(format!("[missing] of the field [{field}] must be a number, got [{json}]"))
    })
}

fn text_of(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

impl Source {
    /// Of texts that are in no column.
    pub(super) fn of_texts() -> Self {
        let (kind, format) = (Kind::Text, ValueFormat::Raw);
        Source { column: None, computed: None, kind, missing: None, format, is_widened: false }
    }

    /// Whether no index of the request has the field of this name.
    pub(super) fn is_unmapped(&self, planner: &Planner<'_>, name: &str) -> bool {
        self.column.is_none() && self.computed.is_none() && planner.mappings.field(name).is_none()
    }

    /// Whether values are addresses.
    pub(super) fn is_address(&self) -> bool {
        matches!(self.format, ValueFormat::Ip)
    }

    /// The text that missing values count as.
    pub(super) fn missing_text(&self) -> Option<&str> {
        match &self.missing {
            Some(Missing::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether values are told apart as floats: also those of a field of integers, if missing ones count as a fraction.
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
