//! Values that a script emits for a field.

use quidditch_function::{ColumnKind, Values};

use super::returned_value::millis;
use super::value_writer::ValueWriter;
use crate::failure::Failure;
use crate::java_text;
use crate::value::Value;
use crate::values_of::EmittedKind;

/// Writes a value as one of the field. Null means no value.
pub(super) fn emitted_value(kind: EmittedKind, value: &Value, writer: &mut ValueWriter<'_>) -> Result<(), Failure> {
    let kind = match (kind, value) {
        (_, Value::Null) => return Ok(()),
        (EmittedKind::Values(kind), _) => kind,
        (EmittedKind::Latitudes, Value::Point(lat, lon)) => {
            check_point(*lat, *lon)?;
            writer.float(*lat);
            return Ok(());
        }
        (EmittedKind::Longitudes, Value::Point(lat, lon)) => {
            check_point(*lat, *lon)?;
            writer.float(*lon);
            return Ok(());
        }
        (EmittedKind::Latitudes | EmittedKind::Longitudes, _) => {
            return Err(Failure::cast("geo_point should be in format emit(double lat, double lon) for derived fields"));
        }
    };
    match (writer.values(), value) {
        (Values::Texts(_), Value::Text(text)) => {
            writer.text(text);
            Ok(())
        }
        (Values::Texts(_), other) => {
            let class = other.class();
            Err(Failure::cast(format!("class {class} cannot be cast to class java.lang.String")))
        }
        (Values::Booleans(values), Value::Boolean(value)) => {
            values.push(u8::from(*value));
            Ok(())
        }
        (Values::Booleans(values), Value::Text(text)) if matches!(&**text, "true" | "false") => {
            values.push(u8::from(&**text == "true"));
            Ok(())
        }
        (Values::Booleans(_), other) => {
            let text = other.to_text();
            let reason = format!("Failed to parse value [{text}] as only [true] or [false] are allowed.");
            Err(Failure::argument(reason))
        }
        (Values::Integers(values), value) => {
            values.push(if kind == ColumnKind::Dates { date(value)? } else { integer(value)? });
            Ok(())
        }
        (Values::Floats(_), value) => {
            let number = float(value)?;
            if !number.is_finite() {
                let text = java_text::double(number);
                return Err(Failure::argument(format!("the script emitted [{text}], which is not a finite number")));
            }
            writer.float(number + 0.0);
            Ok(())
        }
    }
}

fn check_point(lat: f64, lon: f64) -> Result<(), Failure> {
    if lat.abs() <= 90.0 && lon.abs() <= 180.0 {
        return Ok(());
    }
    let (lat, lon) = (java_text::double(lat), java_text::double(lon));
    Err(Failure::argument(format!("the script emitted the point [{lat}, {lon}], which is not on Earth")))
}

fn integer(value: &Value) -> Result<i64, Failure> {
    let parsed = match value {
        Value::Int(value) => Some(i64::from(*value)),
        Value::Long(value) => Some(*value),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| not_a_number(value))
}

fn float(value: &Value) -> Result<f64, Failure> {
    let parsed = match value {
        Value::Int(value) => Some(f64::from(*value)),
        Value::Long(value) => Some(*value as f64),
        Value::Double(value) => Some(*value),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| not_a_number(value))
}

fn date(value: &Value) -> Result<i64, Failure> {
    let date = match value {
        Value::Int(value) => Some(i64::from(*value)),
        Value::Long(value) => Some(*value),
        other => millis(other),
    };
    date.ok_or_else(|| {
        let class = value.class();
        Failure::cast(format!("class {class} cannot be cast to class java.lang.Long"))
    })
}

fn not_a_number(value: &Value) -> Failure {
    match value {
        Value::Text(_) | Value::Boolean(_) | Value::Double(_) => {
            Failure::new("number_format_exception", format!("For input string: \"{}\"", value.to_text()))
        }
        other => Failure::argument(format!("[emit] does not take a value of the class [{}]", other.class())),
    }
}
