//! Numbers as scripts have them.

use super::super::number::other_radix;
use super::kind::{Kind, Typed};
use crate::failure::{Failure, Located};
use crate::program::Node;
use crate::value::Value;

/// The value of a literal.
pub(crate) fn number_value(number: &str, at: usize) -> Result<Value, Located> {
    let literal = number_literal(number, at)?;
    Ok(literal.node.as_constant().cloned().unwrap_or(Value::Null))
}

pub(super) fn number_literal(number: &str, at: usize) -> Result<Typed, Located> {
    let invalid = |what: &str| Failure::argument(format!("Invalid {what} constant [{number}].")).at(at);
    let literal = |value: Value, kind| Ok(Typed::new(Node::constant(value, at), kind));
    let is_hex = number.starts_with("0x") || number.starts_with("0X");
    if let Some(long) = number.strip_suffix(['l', 'L']) {
        let value = match other_radix(long) {
            Some(value) => value.map_err(|failure| failure.at(at))?,
            None => long.parse().map_err(|_| invalid("long"))?,
        };
        return literal(Value::Long(value), Kind::Long);
    }
    if !is_hex {
        if let Some(float) = number.strip_suffix(['f', 'F']) {
            return literal(Value::Float(float.parse().map_err(|_| invalid("float"))?), Kind::Float);
        }
        let double = number.strip_suffix(['d', 'D']);
        if double.is_some() || number.contains(['.', 'e', 'E']) {
            let value = double.unwrap_or(number).parse().map_err(|_| invalid("double"))?;
            return literal(Value::Double(value), Kind::Double);
        }
    }
    let value = match other_radix(number) {
        // `0xFFFFFFFF` is -1.
        Some(value) => {
            let value = value.map_err(|failure| failure.at(at))?;
            i32::try_from(value).or_else(|_| u32::try_from(value).map(|bits| bits as i32)).ok()
        }
        None => number.parse().ok(),
    };
    let reason = format!("Invalid int constant [{number}]. If you want a long constant then change it to [{number}L].");
    literal(Value::Int(value.ok_or_else(|| Failure::argument(reason).at(at))?), Kind::Int)
}
