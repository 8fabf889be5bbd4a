//! Finds the field that an aggregation reads.

use quidditch_index::{Field, FieldKind, FieldValue};
use serde_json::Value as Json;

use super::super::failure;
use super::super::kind::Kind;
use super::super::options::{FieldOptions, SCRIPT};
use super::super::time_zone;
use super::super::value_format::ValueFormat;
use super::{Missing, Source};
use crate::Error;
use crate::nested::NestedScope;
use crate::plan::{Planner, ValueClass};

/// What values an aggregation takes.
#[derive(Clone, Copy)]
pub(in super::super) struct Taken<'a> {
    /// The type of the aggregation, for errors.
    type_name: &'a str,
    accepts: Accepts,
    /// What the values of an unmapped field count as, unless the request says it.
    unmapped: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accepts {
    /// Numbers, dates and booleans.
    Numbers,
    /// Keywords, too.
    Values,
    /// Points, too.
    Anything,
}

impl<'a> Taken<'a> {
    /// Numbers, dates and booleans.
    pub(in super::super) fn numbers(type_name: &'a str) -> Self {
        Taken { type_name, accepts: Accepts::Numbers, unmapped: Kind::Float }
    }

    /// The same, where those of an unmapped field count as dates.
    pub(in super::super) fn dates(type_name: &'a str) -> Self {
        Self::numbers(type_name).unmapped_as(Kind::Date)
    }

    /// Keywords, too.
    pub(in super::super) fn values(type_name: &'a str) -> Self {
        Taken { type_name, accepts: Accepts::Values, unmapped: Kind::Text }
    }

    /// Points, too.
    pub(in super::super) fn anything(type_name: &'a str) -> Self {
        Taken { accepts: Accepts::Anything, ..Self::values(type_name) }
    }

    pub(in super::super) fn unmapped_as(self, unmapped: Kind) -> Self {
        Taken { unmapped, ..self }
    }
}

impl Source {
    /// Finds the field, and announces that its column will be read.
    pub(in super::super) fn plan(
        planner: &Planner<'_>,
        options: &FieldOptions,
        taken: Taken<'_>,
    ) -> Result<Self, Error> {
        if let Some(call) = options.script {
            return Self::plan_script(planner, options, call, taken);
        }
        let Taken { type_name, accepts, .. } = taken;
        let computed = planner.computed(&options.field);
        if let Some(computed) = computed {
            planner.will_aggregate(computed);
        }
        let own = match computed {
            Some(computed) => Some(&computed.field),
            None => planner.field(&options.field),
        };
        // Where only other indices have the field, results must merge with theirs.
        let elsewhere = || {
            let field = planner.mappings.field(&options.field);
            field.filter(|field| Kind::from_field(field, planner.mapping()).is_ok_and(|kind| accepts.allows(kind)))
        };
        let Some(field) = own.or_else(elsewhere) else {
            return Self::plan_unmapped(planner, options, taken);
        };
        let kind = Kind::from_field(field, planner.mapping())?;
        if !accepts.allows(kind) {
            return Err(failure::argument(format!(
                "field [{}] of type [{}] is not supported for aggregation [{type_name}]",
                field.name(),
                field.kind().type_name()
            )));
        }
        let column = own.and_then(|field| field.column_name().or_else(|| field.point_columns().map(|(lat, _)| lat)));
        let date_format = match field.kind() {
            FieldKind::Date { format, .. } => Some(format),
            _ => None,
        };
        let format = match field.kind() {
            FieldKind::Ip => ValueFormat::Ip,
            _ => options.value_format(kind, date_format)?,
        };
        let missing = options.missing.as_ref();
        Ok(Source {
            column: column.filter(|_| computed.is_none()).map(|column| announced(planner, column)),
            computed: computed.cloned(),
            kind,
            missing: missing.map(|json| missing_of(field, kind, &format, json, planner)).transpose()?,
            format,
            is_widened: kind == Kind::Integer && planner.mappings.has(&options.field, ValueClass::Floats),
        })
    }

    /// The values that a script computes: from those of a field, if the request names one.
    fn plan_script(
        planner: &Planner<'_>,
        options: &FieldOptions,
        call: usize,
        taken: Taken<'_>,
    ) -> Result<Self, Error> {
        let Taken { type_name, accepts, .. } = taken;
        let name = &options.field;
        if planner.computed(name).is_some() {
            return Err(failure::argument(format!(
                "field [{name}] is computed by the request: aggregation [{type_name}] cannot use it together with a script"
            )));
        }
        if matches!(planner.scope.get(), NestedScope::Objects(_)) {
            return Err(failure::argument(format!(
                "a script in the aggregation [{type_name}] inside of [nested] is not supported: it computes values of documents"
            )));
        }
        let own = planner.field(name);
        if own.is_none() && name != SCRIPT {
            return Self::plan_unmapped(planner, options, taken);
        }
        let computed = planner.call_values(call);
        planner.will_aggregate(&computed);
        let kind = Kind::from_field(&computed.field, planner.mapping())?;
        if !accepts.allows(kind) {
            return Err(failure::argument(format!(
                "a script that computes values of the type [{}] is not supported for aggregation [{type_name}]",
                computed.field.kind().type_name()
            )));
        }
        let date_format = match own.map(Field::kind) {
            Some(FieldKind::Date { format, .. }) => Some(format),
            _ => None,
        };
        let is_boolean = own.is_some_and(|field| *field.kind() == FieldKind::Boolean);
        let format = match &options.format {
            None if is_boolean && kind != Kind::Text => ValueFormat::Boolean,
            _ => options.value_format(kind, date_format)?,
        };
        let missing = options.missing.as_ref();
        Ok(Source {
            column: None,
            kind,
            missing: missing.map(|json| missing_of(&computed.field, kind, &format, json, planner)).transpose()?,
            format,
            computed: Some(computed),
            is_widened: false,
        })
    }

    fn plan_unmapped(planner: &Planner<'_>, options: &FieldOptions, taken: Taken<'_>) -> Result<Self, Error> {
        let Taken { type_name, accepts, unmapped } = taken;
        let unmapped = options.value_type.map_or(unmapped, Kind::from_column_kind);
        let name = &options.field;
        if name == "_id" && accepts != Accepts::Numbers {
            let missing = options.missing.as_ref().map(|json| Missing::Text(text_of(json)));
            let format = options.value_format(Kind::Text, None)?;
            let column = Some(announced(planner, "_id"));
            return Ok(Source { column, computed: None, kind: Kind::Text, missing, format, is_widened: false });
        }
        if name.starts_with('_') {
            return Err(failure::argument(format!("field [{name}] is not supported for aggregation [{type_name}]")));
        }
        let format = options.value_format(unmapped, None)?;
        let missing = match (&options.missing, unmapped) {
            (None, _) => None,
            (Some(json), Kind::Text) => Some(Missing::Text(text_of(json))),
            (Some(json), Kind::Date) => Some(date_of(json, &format, planner)?),
            (Some(json), _) => Some(number_of(name, json)?),
        };
        Ok(Source { column: None, computed: None, kind: unmapped, missing, format, is_widened: false })
    }

    /// Whether no index of the request has the field of this name.
    pub(in super::super) fn is_unmapped(&self, planner: &Planner<'_>, name: &str) -> bool {
        self.column.is_none() && self.computed.is_none() && planner.mappings.field(name).is_none()
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
pub(in super::super) fn check_classes(
    planner: &Planner<'_>,
    name: &str,
    field: &str,
    mixed: MixedNumbers,
) -> Result<(), Error> {
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
pub(in super::super) enum MixedNumbers {
    /// All count as floats.
    Merge,
    Fail,
}

fn announced(planner: &Planner<'_>, column: &str) -> String {
    planner.warmup.column(column);
    column.to_owned()
}

/// `format` is how values are shown: dates are read in the same form.
fn missing_of(
    field: &Field,
    kind: Kind,
    format: &ValueFormat,
    json: &Json,
    planner: &Planner<'_>,
) -> Result<Missing, Error> {
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
        Kind::Date => date_of(json, format, planner),
    }
}

fn date_of(json: &Json, format: &ValueFormat, planner: &Planner<'_>) -> Result<Missing, Error> {
    match format {
        ValueFormat::Date(format, zone) => {
            Ok(Missing::Integer(time_zone::read_date(&text_of(json), format, zone, planner.now_millis)?))
        }
        _ => unreachable!("dates are shown as dates"),
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
