//! Values that a script returns for an aggregation.

use quidditch_function::Values;

use super::value_writer::ValueWriter;
use crate::failure::Failure;
use crate::value::Value;

/// Writes a value as one of the type of the column.
pub(super) fn returned_value(value: &Value, writer: &mut ValueWriter<'_>) -> Result<(), Failure> {
    match writer.values() {
        Values::Texts(_) => match value {
            Value::Null => Err(Failure::null("the list that the script returned has a null")),
            Value::Text(text) => {
                writer.text(text);
                Ok(())
            }
            other => {
                writer.text(&other.to_text().into());
                Ok(())
            }
        },
        Values::Integers(values) => {
            values.push(integer(value)?);
            Ok(())
        }
        Values::Booleans(values) => {
            values.push(u8::from(number(value)? != 0.0));
            Ok(())
        }
        Values::Floats(values) => match number(value)? {
            number if number.is_finite() => {
                values.push(number + 0.0);
                Ok(())
            }
            _ => {
                let text = value.to_text();
                Err(Failure::argument(format!("the script returned [{text}]: only finite numbers can be aggregated")))
            }
        },
    }
}

fn integer(value: &Value) -> Result<i64, Failure> {
    match value.as_integer() {
        Some(integer) if !matches!(value, Value::Char(_)) => Ok(integer),
        _ => match millis(value) {
            Some(millis) => Ok(millis),
            None => Ok(number(value)? as i64),
        },
    }
}

fn number(value: &Value) -> Result<f64, Failure> {
    match value {
        Value::Boolean(value) => Ok(f64::from(u8::from(*value))),
        Value::Char(_) => Err(unsupported(value)),
        other => match other.as_double() {
            Some(number) => Ok(number),
            None => millis(other).map(|millis| millis as f64).ok_or_else(|| unsupported(other)),
        },
    }
}

/// The milliseconds of a date.
pub(super) fn millis(value: &Value) -> Option<i64> {
    match value {
        Value::Date(millis) => Some(*millis),
        Value::Time(time) => time.epoch_millis(),
        _ => None,
    }
}

fn unsupported(value: &Value) -> Failure {
    let text = value.to_text();
    let reason = format!("Unsupported script value [{text}], expected a number, date, or boolean");
    Failure::new("aggregation_execution_exception", reason)
}
