//! Operators on single values, with the semantics of Java and of Painless's dynamic types.

use std::sync::Arc;

use crate::failure::Failure;
use crate::java_text;
use crate::syntax::{Binary, TypeName, Unary};
use crate::value::Value;

/// Two numbers of the same type: the wider one of theirs.
enum Pair {
    Ints(i32, i32),
    Longs(i64, i64),
    Floats(f32, f32),
    Doubles(f64, f64),
}

fn promoted(left: &Value, right: &Value) -> Option<Pair> {
    Some(match (left, right) {
        (Value::Int(left), Value::Int(right)) => Pair::Ints(*left, *right),
        (Value::Int(_) | Value::Char(_), Value::Int(_) | Value::Char(_)) => {
            Pair::Ints(left.as_integer()? as i32, right.as_integer()? as i32)
        }
        (Value::Int(_) | Value::Long(_) | Value::Char(_), Value::Int(_) | Value::Long(_) | Value::Char(_)) => {
            Pair::Longs(left.as_integer()?, right.as_integer()?)
        }
        (Value::Double(_), _) | (_, Value::Double(_)) => Pair::Doubles(left.as_double()?, right.as_double()?),
        _ => Pair::Floats(as_float(left)?, as_float(right)?),
    })
}

fn as_float(value: &Value) -> Option<f32> {
    match *value {
        Value::Int(value) => Some(value as f32),
        Value::Char(value) => Some(f32::from(value)),
        Value::Long(value) => Some(value as f32),
        Value::Float(value) => Some(value),
        _ => None,
    }
}

/// An operator that computes from both operands; `&&` and `||` do not.
pub(crate) fn binary(operator: Binary, left: &Value, right: &Value) -> Result<Value, Failure> {
    match operator {
        Binary::Equal => return Ok(Value::Boolean(equal(left, right))),
        Binary::NotEqual => return Ok(Value::Boolean(!equal(left, right))),
        Binary::Add if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) => {
            let (left, right) = (left.to_text(), right.to_text());
            java_text::check_length(left.len() + right.len())?;
            return Ok(Value::Text(Arc::from(left + &right)));
        }
        Binary::BitAnd | Binary::BitOr | Binary::BitXor => {
            if let (Value::Boolean(left), Value::Boolean(right)) = (left, right) {
                return Ok(Value::Boolean(match operator {
                    Binary::BitAnd => left & right,
                    Binary::BitOr => left | right,
                    _ => left ^ right,
                }));
            }
        }
        _ => {}
    }
    if *left == Value::Null || *right == Value::Null {
        let side = if *left == Value::Null { "left" } else { "right" };
        return Err(Failure::null(format!("cannot apply [{}]: the {side} operand is null", operator.symbol())));
    }
    if matches!(operator, Binary::ShiftLeft | Binary::ShiftRight | Binary::ShiftRightUnsigned) {
        return shift(operator, left, right);
    }
    let refuse = || {
        let (symbol, left, right) = (operator.symbol(), left.class(), right.class());
        Failure::cast(format!("Cannot apply [{symbol}] operation to types [{left}] and [{right}]."))
    };
    let pair = promoted(left, right).ok_or_else(refuse)?;
    if let Some(holds) = compare(operator, &pair) {
        return Ok(Value::Boolean(holds));
    }
    match pair {
        Pair::Ints(left, right) => int_arithmetic(operator, left, right).map(Value::Int),
        Pair::Longs(left, right) => long_arithmetic(operator, left, right).map(Value::Long),
        Pair::Floats(left, right) => Ok(Value::Float(match operator {
            Binary::Add => left + right,
            Binary::Subtract => left - right,
            Binary::Multiply => left * right,
            Binary::Divide => left / right,
            Binary::Remainder => left % right,
            _ => return Err(refuse()),
        })),
        Pair::Doubles(left, right) => double_arithmetic(operator, left, right).map(Value::Double).ok_or_else(refuse),
    }
}

fn compare(operator: Binary, pair: &Pair) -> Option<bool> {
    fn holds<T: PartialOrd>(operator: Binary, left: &T, right: &T) -> Option<bool> {
        Some(match operator {
            Binary::Less => left < right,
            Binary::LessOrEqual => left <= right,
            Binary::Greater => left > right,
            Binary::GreaterOrEqual => left >= right,
            _ => return None,
        })
    }
    match pair {
        Pair::Ints(left, right) => holds(operator, left, right),
        Pair::Longs(left, right) => holds(operator, left, right),
        Pair::Floats(left, right) => holds(operator, left, right),
        Pair::Doubles(left, right) => holds(operator, left, right),
    }
}

/// `null` equals only itself, numbers are compared after promotion, and values of other types must have the same type.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match promoted(left, right) {
        Some(Pair::Ints(left, right)) => left == right,
        Some(Pair::Longs(left, right)) => left == right,
        Some(Pair::Floats(left, right)) => left == right,
        Some(Pair::Doubles(left, right)) => left == right,
        None => left == right,
    }
}

fn division_by_zero() -> Failure {
    Failure::new("arithmetic_exception", "/ by zero")
}

/// Defines the operators of a type of integers: overflow wraps, and division by zero fails.
macro_rules! integer_arithmetic {
    ($name:ident, $integer:ty) => {
        pub(crate) fn $name(operator: Binary, left: $integer, right: $integer) -> Result<$integer, Failure> {
            Ok(match operator {
                Binary::Add => left.wrapping_add(right),
                Binary::Subtract => left.wrapping_sub(right),
                Binary::Multiply => left.wrapping_mul(right),
                Binary::Divide if right == 0 => return Err(division_by_zero()),
                Binary::Divide => left.wrapping_div(right),
                Binary::Remainder if right == 0 => return Err(division_by_zero()),
                Binary::Remainder => left.wrapping_rem(right),
                Binary::BitAnd => left & right,
                Binary::BitOr => left | right,
                Binary::BitXor => left ^ right,
                _ => return Err(Failure::cast(format!("Cannot apply [{}] operation to integers.", operator.symbol()))),
            })
        }
    };
}

integer_arithmetic!(int_arithmetic, i32);
integer_arithmetic!(long_arithmetic, i64);

/// `None` for operators that doubles do not have.
pub(crate) fn double_arithmetic(operator: Binary, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        Binary::Add => left + right,
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        Binary::Remainder => left % right,
        _ => return None,
    })
}

/// The left operand has the type of the result; of the right one, the low bits count.
fn shift(operator: Binary, left: &Value, right: &Value) -> Result<Value, Failure> {
    let refuse = |value: &Value| {
        Failure::cast(format!("Cannot apply [{}] operation to type [{}]", operator.symbol(), value.primitive()))
    };
    let bits = right.as_integer().ok_or_else(|| refuse(right))? as u32;
    match *left {
        Value::Int(left) => Ok(Value::Int(match operator {
            Binary::ShiftLeft => left.wrapping_shl(bits),
            Binary::ShiftRight => left.wrapping_shr(bits),
            _ => (left as u32).wrapping_shr(bits) as i32,
        })),
        Value::Long(left) => Ok(Value::Long(long_shift(operator, left, bits))),
        _ => Err(refuse(left)),
    }
}

pub(crate) fn long_shift(operator: Binary, left: i64, bits: u32) -> i64 {
    match operator {
        Binary::ShiftLeft => left.wrapping_shl(bits),
        Binary::ShiftRight => left.wrapping_shr(bits),
        _ => (left as u64).wrapping_shr(bits) as i64,
    }
}

pub(crate) fn unary(operator: Unary, operand: &Value) -> Result<Value, Failure> {
    Ok(match (operator, operand) {
        (_, Value::Null) => return Err(Failure::null("cannot apply an operator: the operand is null")),
        (Unary::Not, Value::Boolean(value)) => Value::Boolean(!value),
        (Unary::BitNot, Value::Int(value)) => Value::Int(!value),
        (Unary::BitNot, Value::Long(value)) => Value::Long(!value),
        (Unary::Minus, Value::Int(value)) => Value::Int(value.wrapping_neg()),
        (Unary::Minus, Value::Long(value)) => Value::Long(value.wrapping_neg()),
        (Unary::Minus, Value::Float(value)) => Value::Float(-value),
        (Unary::Minus, Value::Double(value)) => Value::Double(-value),
        (Unary::Plus, Value::Int(_) | Value::Long(_) | Value::Float(_) | Value::Double(_)) => operand.clone(),
        (Unary::Not, _) => return Err(Failure::cast(format!("cannot cast def [{}] to boolean", operand.primitive()))),
        (Unary::BitNot, _) => {
            return Err(Failure::cast(format!("Cannot apply not [~] to type [{}]", operand.primitive())));
        }
        (Unary::Minus, _) => {
            return Err(Failure::cast(format!("Cannot apply [-] operation to type [{}].", operand.class())));
        }
        (Unary::Plus, _) => {
            return Err(Failure::cast(format!("Cannot apply [+] operation to type [{}].", operand.class())));
        }
    })
}

/// How a value is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CastKind {
    /// Only where nothing can be lost by its type: `int` to `long`, not `long` to `int`.
    Implicit,
    /// Between any two types of numbers.
    Explicit,
}

/// Converts a value to a type.
pub(crate) fn cast(to: TypeName, kind: CastKind, value: &Value) -> Result<Value, Failure> {
    let refuse = || {
        let how = if kind == CastKind::Implicit { "implicitly" } else { "explicitly" };
        let (from, to) = (value.primitive(), type_name(to));
        Failure::cast(format!("cannot {how} cast def [{from}] to {to}"))
    };
    if to == TypeName::Def || (matches!(to, TypeName::Text | TypeName::Class(_)) && *value == Value::Null) {
        return Ok(value.clone());
    }
    if *value == Value::Null {
        return Err(Failure::null(format!("cannot cast null to {}", type_name(to))));
    }
    match to {
        TypeName::Boolean => matches!(value, Value::Boolean(_)).then(|| value.clone()).ok_or_else(refuse),
        TypeName::Text => matches!(value, Value::Text(_)).then(|| value.clone()).ok_or_else(refuse),
        TypeName::Char if kind == CastKind::Explicit && matches!(value, Value::Text(_)) => {
            single_char(value).ok_or_else(refuse)
        }
        TypeName::Class(class) => class.converted(value)?.ok_or_else(refuse),
        TypeName::Char | TypeName::Int | TypeName::Long | TypeName::Float | TypeName::Double | TypeName::Def => {
            let widens = match to {
                TypeName::Char => matches!(value, Value::Char(_)),
                TypeName::Int => matches!(value, Value::Char(_) | Value::Int(_)),
                TypeName::Long => matches!(value, Value::Char(_) | Value::Int(_) | Value::Long(_)),
                TypeName::Float => !matches!(value, Value::Double(_)),
                _ => true,
            };
            if kind == CastKind::Implicit && !widens {
                return Err(refuse());
            }
            number_to(to, value).ok_or_else(refuse)
        }
    }
}

fn number_to(to: TypeName, value: &Value) -> Option<Value> {
    let integer = value.as_integer();
    let double = value.as_double()?;
    Some(match to {
        TypeName::Char => Value::Char(integer.unwrap_or(i64::from(double as i32)) as u16),
        TypeName::Int => Value::Int(integer.map_or(double as i32, |integer| integer as i32)),
        TypeName::Long => Value::Long(integer.unwrap_or(double as i64)),
        TypeName::Float => Value::Float(as_float(value).unwrap_or(double as f32)),
        TypeName::Double => Value::Double(double),
        _ => return None,
    })
}

/// A text of one UTF-16 code unit.
fn single_char(value: &Value) -> Option<Value> {
    let Value::Text(text) = value else { return None };
    let mut units = text.encode_utf16();
    let first = units.next()?;
    units.next().is_none().then_some(Value::Char(first))
}

/// Whether a value is one of a type.
pub(crate) fn is_instance(value: &Value, of: TypeName) -> bool {
    match of {
        TypeName::Def => *value != Value::Null,
        TypeName::Boolean => matches!(value, Value::Boolean(_)),
        TypeName::Int => matches!(value, Value::Int(_)),
        TypeName::Long => matches!(value, Value::Long(_)),
        TypeName::Float => matches!(value, Value::Float(_)),
        TypeName::Double => matches!(value, Value::Double(_)),
        TypeName::Char => matches!(value, Value::Char(_)),
        TypeName::Text => matches!(value, Value::Text(_)),
        TypeName::Class(class) => class.has(value),
    }
}

/// The result of `variable op= value` for a variable without a type: it keeps the type that its value had.
pub(crate) fn cast_like(old: &Value, new: &Value) -> Result<Value, Failure> {
    let to = match old {
        Value::Boolean(_) => TypeName::Boolean,
        Value::Int(_) => TypeName::Int,
        Value::Long(_) => TypeName::Long,
        Value::Float(_) => TypeName::Float,
        Value::Double(_) => TypeName::Double,
        Value::Char(_) => TypeName::Char,
        _ => return Ok(new.clone()),
    };
    if matches!(new, Value::Text(_)) { Ok(new.clone()) } else { cast(to, CastKind::Explicit, new) }
}

/// The name of a type in errors.
pub(crate) fn type_name(of: TypeName) -> &'static str {
    match of {
        TypeName::Def => "def",
        TypeName::Boolean => "boolean",
        TypeName::Int => "int",
        TypeName::Long => "long",
        TypeName::Float => "float",
        TypeName::Double => "double",
        TypeName::Char => "char",
        TypeName::Text => "java.lang.String",
        TypeName::Class(class) => class.full_name(),
    }
}

impl Value {
    /// The name of its primitive type, if it has one, otherwise of its class.
    pub(crate) fn primitive(&self) -> &'static str {
        match self {
            Value::Boolean(_) => "boolean",
            Value::Int(_) => "int",
            Value::Long(_) => "long",
            Value::Float(_) => "float",
            Value::Double(_) => "double",
            Value::Char(_) => "char",
            other => other.class(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_that_of_java() {
        let of = |operator, left: Value, right: Value| binary(operator, &left, &right).expect("valid");
        assert_eq!(of(Binary::Divide, Value::Int(-7), Value::Int(2)), Value::Int(-3));
        assert_eq!(of(Binary::Remainder, Value::Int(-7), Value::Int(3)), Value::Int(-1));
        assert_eq!(of(Binary::Divide, Value::Int(i32::MIN), Value::Int(-1)), Value::Int(i32::MIN));
        assert_eq!(of(Binary::Add, Value::Int(i32::MAX), Value::Int(1)), Value::Int(i32::MIN));
        assert_eq!(of(Binary::Add, Value::Long(i64::MAX), Value::Int(1)), Value::Long(i64::MIN));
        assert_eq!(of(Binary::Add, Value::Float(0.1), Value::Double(0.2)), Value::Double(0.300_000_001_490_116_13));
        assert_eq!(of(Binary::ShiftLeft, Value::Int(1), Value::Int(33)), Value::Int(2));
        assert_eq!(of(Binary::ShiftRightUnsigned, Value::Int(-1), Value::Int(28)), Value::Int(15));
        assert_eq!(of(Binary::Equal, Value::Long(7), Value::Double(7.0)), Value::Boolean(true));
        assert_eq!(of(Binary::Equal, Value::Long(7), Value::text("a")), Value::Boolean(false));
        assert_eq!(of(Binary::Add, Value::text("a"), Value::Double(1e10)), Value::text("a1.0E10"));
        let error = |operator, left: Value, right: Value| binary(operator, &left, &right).expect_err("invalid").reason;
        assert_eq!(error(Binary::Divide, Value::Long(1), Value::Int(0)), "/ by zero");
        assert_eq!(
            error(Binary::Greater, Value::Long(1), Value::text("a")),
            "Cannot apply [>] operation to types [java.lang.Long] and [java.lang.String]."
        );
    }

    #[test]
    fn casts_saturate_and_refuse() {
        let explicit = |to, value: Value| cast(to, CastKind::Explicit, &value).expect("valid");
        assert_eq!(explicit(TypeName::Int, Value::Double(1e20)), Value::Int(i32::MAX));
        assert_eq!(explicit(TypeName::Int, Value::Double(f64::NAN)), Value::Int(0));
        assert_eq!(explicit(TypeName::Int, Value::Long(1 << 33 | 5)), Value::Int(5));
        let refused = cast(TypeName::Int, CastKind::Implicit, &Value::Long(1)).expect_err("invalid");
        assert_eq!(refused.reason, "cannot implicitly cast def [long] to int");
    }
}
