//! Functions from values to a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use crate::date::{DatePart, Instant};
use crate::decay::Decay;
use crate::failure::Failure;
use crate::java_math::{max, min};
use crate::operations::{self, CastKind, cast, cast_like};
use crate::random_score::RandomScore;
use crate::statics::StaticMethod;
use crate::syntax::{Access, Binary, TypeName, Unary};
use crate::value::Value;
use crate::{geo, members};

/// A function that needs nothing but its arguments.
#[derive(Debug, Clone)]
pub(crate) enum ScalarFunction {
    Binary(Binary),
    Unary(Unary),
    Cast(TypeName, CastKind),
    /// The new value of a variable, of the type of the old one.
    CastLike,
    /// A function of one double.
    Math1(fn(f64) -> f64),
    /// A function of two doubles.
    Math2(fn(f64, f64) -> f64),
    /// A function of several doubles.
    Numbers(fn(&[f64]) -> f64),
    /// `Math.round`
    Round,
    /// `saturation(value, k)`
    Saturation,
    /// A method of a class, such as `Integer.parseInt`.
    Static(&'static StaticMethod),
    /// Whether a text matches.
    Regex(Arc<Regex>),
    InstanceOf(TypeName),
    /// A list of the arguments.
    List,
    /// A map of the arguments, which are keys and values in turn.
    Map,
    Method(Arc<str>, Access),
    Property(Arc<str>, Access),
    Index,
    /// Two doubles as bits of integers, in expressions.
    Bits(Binary),
    /// Any double as 64-bit integer, negated bit by bit, in expressions.
    BitNot,
    /// 1 or 0.
    FromBoolean,
    /// Whether a number is true in a condition.
    Truth,
    /// Whether the result of an operator on bits is true in a condition: its low 32 bits are not 0.
    BitsAreTrue(Binary),
    BitNotIsTrue,
    /// Not 0, as in filters.
    NotZero,
    /// A part of a date in milliseconds, as a double.
    DatePart(DatePart),
    /// The point with a latitude and a longitude.
    Point,
    /// Metres from a point (first argument) to a latitude and a longitude.
    Distance(fn(f64, f64, f64, f64) -> f64),
    Decay(Decay),
    RandomScore(RandomScore),
}

impl ScalarFunction {
    pub(crate) fn apply(&self, arguments: &[Value]) -> Result<Value, Failure> {
        Ok(match (self, arguments) {
            (ScalarFunction::Binary(operator), [left, right]) => operations::binary(*operator, left, right)?,
            (ScalarFunction::Unary(operator), [operand]) => operations::unary(*operator, operand)?,
            (ScalarFunction::Cast(to, kind), [value]) => cast(*to, *kind, value)?,
            (ScalarFunction::CastLike, [old, new]) => cast_like(old, new)?,
            (ScalarFunction::Math1(function), [value]) => Value::Double(function(double(value)?)),
            (ScalarFunction::Math2(function), [left, right]) => Value::Double(function(double(left)?, double(right)?)),
            (ScalarFunction::Numbers(function), values) => {
                let values: Vec<f64> = values.iter().map(double).collect::<Result<_, _>>()?;
                Value::Double(function(&values))
            }
            (ScalarFunction::Static(method), arguments) => (method.run)(arguments)?,
            (ScalarFunction::Regex(regex), [text]) => match cast(TypeName::Text, CastKind::Implicit, text)? {
                Value::Text(text) => Value::Boolean(regex.is_match(&text)),
                _ => return Err(Failure::null("the text that is searched is null")),
            },
            (ScalarFunction::InstanceOf(of), [value]) => Value::Boolean(operations::is_instance(value, *of)),
            (ScalarFunction::List, items) => Value::List(items.into()),
            (ScalarFunction::Map, items) => map(items)?,
            (ScalarFunction::Round, [value]) => Value::Long(round(double(value)?)),
            (ScalarFunction::Saturation, [value, k]) => Value::Double(saturation(double(value)?, double(k)?)),
            (
                ScalarFunction::Method(_, Access::NullSafe) | ScalarFunction::Property(_, Access::NullSafe),
                [Value::Null, ..],
            ) => Value::Null,
            (ScalarFunction::Method(name, _), [receiver, arguments @ ..]) => {
                members::method(receiver, name, arguments)?
            }
            (ScalarFunction::Property(name, _), [receiver]) => members::property(receiver, name)?,
            (ScalarFunction::Index, [receiver, index]) => members::at_index(receiver, index)?,
            (ScalarFunction::Bits(operator), [left, right]) => {
                Value::Double(bits(*operator, double(left)?, double(right)?))
            }
            (ScalarFunction::BitsAreTrue(operator), [left, right]) => {
                Value::Boolean(integer_bits(*operator, double(left)?, double(right)?) as i32 != 0)
            }
            (ScalarFunction::BitNotIsTrue, [value]) => Value::Boolean(!(double(value)? as i64) as i32 != 0),
            (ScalarFunction::BitNot, [value]) => Value::Double(!(double(value)? as i64) as f64),
            (ScalarFunction::FromBoolean, [value]) => {
                Value::Double(if *value == Value::Boolean(true) { 1.0 } else { 0.0 })
            }
            (ScalarFunction::Truth, [value]) => Value::Boolean(is_true(double(value)?)),
            (ScalarFunction::NotZero, [value]) => Value::Boolean(double(value)? != 0.0),
            (ScalarFunction::DatePart(part), [millis]) => {
                Value::Double(Instant::new(double(millis)? as i64).part(*part) as f64)
            }
            (ScalarFunction::Distance(function), [Value::Point(lat, lon), other_lat, other_lon]) => {
                Value::Double(function(*lat, *lon, double(other_lat)?, double(other_lon)?))
            }
            (ScalarFunction::Point, [lat, lon]) => Value::Point(double(lat)?, double(lon)?),
            (ScalarFunction::Decay(decay), [value]) => Value::Double(decay.at(value)?),
            (ScalarFunction::RandomScore(numbers), [value]) => Value::Double(numbers.of(&value.to_text())),
            _ => unreachable!("the compiler passes as many arguments as a function has"),
        })
    }

    /// Whether it returns a value for all doubles, or booleans, that the compiler of expressions passes to it.
    pub(crate) fn is_total(&self) -> bool {
        matches!(
            self,
            ScalarFunction::Bits(_)
                | ScalarFunction::BitsAreTrue(_)
                | ScalarFunction::BitNotIsTrue
                | ScalarFunction::BitNot
                | ScalarFunction::FromBoolean
                | ScalarFunction::Truth
                | ScalarFunction::NotZero
                | ScalarFunction::DatePart(_)
                | ScalarFunction::Math1(_)
                | ScalarFunction::Math2(_)
                | ScalarFunction::Numbers(_)
        )
    }
}

fn double(value: &Value) -> Result<f64, Failure> {
    match value.as_double() {
        Some(number) => Ok(number),
        None => cast(TypeName::Double, CastKind::Implicit, value).map(|_| f64::NAN),
    }
}

/// A map of keys and values in turn.
fn map(items: &[Value]) -> Result<Value, Failure> {
    let mut entries = BTreeMap::new();
    for pair in items.chunks_exact(2) {
        let Value::Text(key) = &pair[0] else {
            return Err(Failure::unsupported("a map with keys that are not strings"));
        };
        entries.insert(key.to_string(), pair[1].clone());
    }
    Ok(Value::Map(Arc::new(entries)))
}

/// `Math.round`: half up, also for negative numbers.
pub(crate) fn round(value: f64) -> i64 {
    let floor = value.floor();
    // `value + 0.5` would round 0.49999999999999994 up.
    (if value - floor >= 0.5 { floor + 1.0 } else { floor }) as i64
}

/// `saturation(value, k)` of scripts that score.
pub(crate) fn saturation(value: f64, k: f64) -> f64 {
    value / (k + value)
}

/// Whether a number is true in a condition of an expression: its whole part, as a 32-bit integer, is not 0.
pub(crate) fn is_true(value: f64) -> bool {
    value as i32 != 0
}

pub(crate) fn bits(operator: Binary, left: f64, right: f64) -> f64 {
    integer_bits(operator, left, right) as f64
}

pub(crate) fn integer_bits(operator: Binary, left: f64, right: f64) -> i64 {
    match operator {
        Binary::BitAnd => left as i64 & right as i64,
        Binary::BitOr => left as i64 | right as i64,
        Binary::BitXor => left as i64 ^ right as i64,
        // The right operand is a 32-bit integer: the largest if the number is larger.
        shift => operations::long_shift(shift, left as i64, right as i32 as u32),
    }
}

/// By its definition, as in Lucene: the square overflows, and of large negative numbers the logarithm is that of 0.
fn acosh(value: f64) -> f64 {
    ((value * value - 1.0).sqrt() + value).ln()
}

/// Infinite where the square overflows, as in Lucene.
fn asinh(value: f64) -> f64 {
    if (value * value).is_infinite() { f64::INFINITY.copysign(value) } else { value.asinh() }
}

fn signum(value: f64) -> f64 {
    if value == 0.0 || value.is_nan() { value } else { value.signum() }
}

fn ieee_remainder(value: f64, divisor: f64) -> f64 {
    let rest = value % divisor;
    if rest.is_nan() || divisor.is_infinite() {
        return if value.is_finite() && divisor.is_infinite() { value } else { rest };
    }
    let (magnitude, size) = (rest.abs(), divisor.abs());
    let quotient_is_odd = (value - rest) / divisor % 2.0 != 0.0;
    if magnitude > size / 2.0 || (magnitude == size / 2.0 && quotient_is_odd) {
        return rest - size.copysign(rest);
    }
    rest
}

/// `Math.pow`: unlike C's, 1 to the power of NaN is NaN, and so is ±1 to the power of infinity.
fn pow(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) { f64::NAN } else { base.powf(exponent) }
}

/// The next number in the direction of another one.
fn next_after(value: f64, other: f64) -> f64 {
    if value.is_nan() || other.is_nan() {
        f64::NAN
    } else if other > value {
        value.next_up()
    } else if other < value {
        value.next_down()
    } else {
        other
    }
}

/// A number times a power of two.
fn scalb(value: f64, exponent: f64) -> f64 {
    let exponent = (exponent as i32).clamp(-4_200, 4_200);
    // In steps, so that no power overflows where the product does not.
    let (mut value, step) = (value, exponent / 4);
    for by in [step, step, step, exponent - 3 * step] {
        value *= 2_f64.powi(by);
    }
    value
}

fn ulp(value: f64) -> f64 {
    let value = value.abs();
    if value.is_nan() || value.is_infinite() {
        return value;
    }
    let next = value.next_up();
    if next.is_infinite() { value - value.next_down() } else { next - value }
}

/// The functions of expressions; `None` if the name is unknown, otherwise how many arguments it has.
pub(crate) fn expression_function(name: &str) -> Option<(usize, ScalarFunction)> {
    use ScalarFunction::{Math1, Math2, Numbers};
    Some(match name {
        "abs" => (1, Math1(f64::abs)),
        "acos" => (1, Math1(f64::acos)),
        "acosh" => (1, Math1(acosh)),
        "asin" => (1, Math1(f64::asin)),
        "asinh" => (1, Math1(asinh)),
        "atan" => (1, Math1(f64::atan)),
        "atan2" => (2, Math2(f64::atan2)),
        "atanh" => (1, Math1(f64::atanh)),
        "ceil" => (1, Math1(f64::ceil)),
        "cos" => (1, Math1(f64::cos)),
        "cosh" => (1, Math1(f64::cosh)),
        "exp" => (1, Math1(f64::exp)),
        "floor" => (1, Math1(f64::floor)),
        "haversin" => (
            4,
            Numbers(|point| match *point {
                [lat, lon, other_lat, other_lon] => geo::arc_distance(lat, lon, other_lat, other_lon) / 1_000.0,
                _ => f64::NAN,
            }),
        ),
        "ln" => (1, Math1(f64::ln)),
        "log10" => (1, Math1(f64::log10)),
        "logn" => (2, Math2(|base, value| value.ln() / base.ln())),
        "max" => (2, Math2(max)),
        "min" => (2, Math2(min)),
        "pow" => (2, Math2(pow)),
        "sin" => (1, Math1(f64::sin)),
        "sinh" => (1, Math1(f64::sinh)),
        "sqrt" => (1, Math1(f64::sqrt)),
        "tan" => (1, Math1(f64::tan)),
        "tanh" => (1, Math1(f64::tanh)),
        _ => return None,
    })
}

/// The functions of Java's `Math` that Painless allows, but for `random`.
pub(crate) fn java_math(name: &str, arguments: usize) -> Option<ScalarFunction> {
    use ScalarFunction::{Math1, Math2, Round};
    Some(match (name, arguments) {
        (
            "abs" | "acos" | "asin" | "atan" | "ceil" | "cos" | "cosh" | "exp" | "floor" | "log10" | "sin" | "sinh"
            | "sqrt" | "tan" | "tanh",
            1,
        )
        | ("atan2" | "max" | "min" | "pow", 2) => expression_function(name)?.1,
        ("cbrt", 1) => Math1(f64::cbrt),
        ("expm1", 1) => Math1(f64::exp_m1),
        ("log", 1) => Math1(f64::ln),
        ("log1p", 1) => Math1(f64::ln_1p),
        ("nextDown", 1) => Math1(f64::next_down),
        ("nextUp", 1) => Math1(f64::next_up),
        ("rint", 1) => Math1(f64::round_ties_even),
        ("round", 1) => Round,
        ("signum", 1) => Math1(signum),
        ("toDegrees", 1) => Math1(f64::to_degrees),
        ("toRadians", 1) => Math1(f64::to_radians),
        ("ulp", 1) => Math1(ulp),
        ("copySign", 2) => Math2(f64::copysign),
        ("nextAfter", 2) => Math2(next_after),
        ("scalb", 2) => Math2(scalb),
        ("hypot", 2) => Math2(f64::hypot),
        ("IEEEremainder", 2) => Math2(ieee_remainder),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_those_of_java() {
        assert_eq!(
            [round(2.5), round(-2.5), round(-0.5), round(0.499_999_999_999_999_94), round(1e300)],
            [3, -2, 0, 0, i64::MAX]
        );
        assert_eq!(round(f64::NAN), 0);
        assert!(max(f64::NAN, 1.0).is_nan() && min(1.0, f64::NAN).is_nan() && pow(1.0, f64::NAN).is_nan());
        assert!(
            min(-0.0, 0.0).is_sign_negative() && min(0.0, -0.0).is_sign_negative() && max(-0.0, 0.0).is_sign_positive()
        );
        assert_eq!([ieee_remainder(5.0, 3.0), ieee_remainder(7.0, 2.0), ieee_remainder(5.0, 2.0)], [-1.0, -1.0, 1.0]);
        assert_eq!([ulp(1.0), signum(-2.0)], [f64::EPSILON, -1.0]);
        assert_eq!([bits(Binary::ShiftLeft, 1.0, 65.0), bits(Binary::BitOr, 1e30, 0.0)], [2.0, i64::MAX as f64]);
        assert_eq!([0.5, -1.5, f64::NAN, 1e300].map(is_true), [false, true, false, true]);
        assert_eq!(bits(Binary::ShiftRightUnsigned, -1.0, 1.0), 9.223_372_036_854_776e18);
    }
}
