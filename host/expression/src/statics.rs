//! Methods and constants of classes, but for `Math`, whose methods are in `function`.

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::java_time::{Moment, Time, Zone, ZonedDateTime};
use crate::class_name::ClassName;
use crate::failure::Failure;
use crate::members::texts_to_join;
use crate::syntax::TypeName;
use crate::value::Value;
use crate::{java_math, java_time};

/// A method of a class.
#[derive(Debug)]
pub(crate) struct StaticMethod {
    class: &'static str,
    name: &'static str,
    pub(crate) parameters: &'static [TypeName],
    pub(crate) returns: TypeName,
    pub(crate) run: fn(&[Value]) -> Result<Value, Failure>,
}

/// The classes that have methods or constants.
pub(crate) const CLASSES: &[&str] = &[
    "Boolean",
    "Byte",
    "Character",
    "ChronoUnit",
    "Collections",
    "DayOfWeek",
    "Double",
    "Duration",
    "Float",
    "Instant",
    "Integer",
    "LocalDate",
    "Long",
    "Math",
    "Month",
    "Objects",
    "Short",
    "StrictMath",
    "String",
    "ZoneId",
    "ZoneOffset",
    "ZonedDateTime",
];

const ZONED: TypeName = TypeName::Class(ClassName::ZonedDateTime);
const INSTANT: TypeName = TypeName::Class(ClassName::Instant);
const DURATION: TypeName = TypeName::Class(ClassName::Duration);
const LOCAL_DATE: TypeName = TypeName::Class(ClassName::LocalDate);
const ZONE: TypeName = TypeName::Class(ClassName::ZoneId);
const LIST: TypeName = TypeName::Class(ClassName::List);

/// Finds a method by the number of its arguments.
pub(crate) fn static_method(class: &str, name: &str, arguments: usize) -> Option<&'static StaticMethod> {
    METHODS.iter().find(|method| method.class == class && method.name == name && method.parameters.len() == arguments)
}

/// A constant such as `Integer.MAX_VALUE`.
pub(crate) fn constant(class: &str, name: &str) -> Option<Value> {
    if let Some(time) = java_time::constant(class, name) {
        return Some(Value::time(time));
    }
    Some(match (class, name) {
        ("Math" | "StrictMath", "PI") => Value::Double(std::f64::consts::PI),
        ("Math" | "StrictMath", "E") => Value::Double(std::f64::consts::E),
        ("Byte", "MIN_VALUE") => Value::Int(i32::from(i8::MIN)),
        ("Byte", "MAX_VALUE") => Value::Int(i32::from(i8::MAX)),
        ("Short", "MIN_VALUE") => Value::Int(i32::from(i16::MIN)),
        ("Short", "MAX_VALUE") => Value::Int(i32::from(i16::MAX)),
        ("Integer", "MIN_VALUE") => Value::Int(i32::MIN),
        ("Integer", "MAX_VALUE") => Value::Int(i32::MAX),
        ("Long", "MIN_VALUE") => Value::Long(i64::MIN),
        ("Long", "MAX_VALUE") => Value::Long(i64::MAX),
        ("Float", "MIN_VALUE") => Value::Float(f32::from_bits(1)),
        ("Float", "MAX_VALUE") => Value::Float(f32::MAX),
        ("Float", "NaN") => Value::Float(f32::NAN),
        ("Float", "POSITIVE_INFINITY") => Value::Float(f32::INFINITY),
        ("Float", "NEGATIVE_INFINITY") => Value::Float(f32::NEG_INFINITY),
        ("Double", "MIN_VALUE") => Value::Double(f64::from_bits(1)),
        ("Double", "MAX_VALUE") => Value::Double(f64::MAX),
        ("Double", "NaN") => Value::Double(f64::NAN),
        ("Double", "POSITIVE_INFINITY") => Value::Double(f64::INFINITY),
        ("Double", "NEGATIVE_INFINITY") => Value::Double(f64::NEG_INFINITY),
        _ => return None,
    })
}

macro_rules! methods {
    ($($class:literal . $name:literal ($($parameter:expr),*) -> $returns:expr => $run:expr;)*) => {
        &[$(StaticMethod {
            class: $class,
            name: $name,
            parameters: &[$($parameter),*],
            returns: $returns,
            run: $run,
        },)*]
    };
}

const BOOLEAN: TypeName = TypeName::Boolean;
const CHAR: TypeName = TypeName::Char;
const DEF: TypeName = TypeName::Def;
const DOUBLE: TypeName = TypeName::Double;
const FLOAT: TypeName = TypeName::Float;
const INT: TypeName = TypeName::Int;
const LONG: TypeName = TypeName::Long;
const TEXT: TypeName = TypeName::Text;

/// The arguments have the types of the parameters.
const METHODS: &[StaticMethod] = methods! {
    "Boolean"."parseBoolean"(TEXT) -> BOOLEAN => |of| Ok(Value::Boolean(text(&of[0]).is_ok_and(|of| of.eq_ignore_ascii_case("true"))));
    "Boolean"."toString"(BOOLEAN) -> TEXT => |of| Ok(Value::text(&of[0].to_text()));
    "Character"."isDigit"(CHAR) -> BOOLEAN => |of| Ok(Value::Boolean(character(&of[0]).is_some_and(char::is_numeric)));
    "Character"."isLetter"(CHAR) -> BOOLEAN => |of| Ok(Value::Boolean(character(&of[0]).is_some_and(char::is_alphabetic)));
    "Character"."isLetterOrDigit"(CHAR) -> BOOLEAN => |of| Ok(Value::Boolean(character(&of[0]).is_some_and(char::is_alphanumeric)));
    "Character"."isLowerCase"(CHAR) -> BOOLEAN => |of| Ok(Value::Boolean(character(&of[0]).is_some_and(char::is_lowercase)));
    "Character"."isUpperCase"(CHAR) -> BOOLEAN => |of| Ok(Value::Boolean(character(&of[0]).is_some_and(char::is_uppercase)));
    "Character"."isWhitespace"(CHAR) -> BOOLEAN => |of| Ok(Value::Boolean(character(&of[0]).is_some_and(char::is_whitespace)));
    "Collections"."max"(LIST) -> DEF => |of| extreme(&of[0], std::cmp::Ordering::Greater);
    "Collections"."min"(LIST) -> DEF => |of| extreme(&of[0], std::cmp::Ordering::Less);
    "Double"."compare"(DOUBLE, DOUBLE) -> INT => |of| Ok(Value::Int(java_math::compare(double(&of[0]), double(&of[1])) as i32));
    "Double"."doubleToLongBits"(DOUBLE) -> LONG => |of| Ok(Value::Long(java_math::bits_of(double(&of[0])) as i64));
    "Double"."hashCode"(DOUBLE) -> INT => hash;
    "Double"."isFinite"(DOUBLE) -> BOOLEAN => |of| Ok(Value::Boolean(double(&of[0]).is_finite()));
    "Double"."isInfinite"(DOUBLE) -> BOOLEAN => |of| Ok(Value::Boolean(double(&of[0]).is_infinite()));
    "Double"."isNaN"(DOUBLE) -> BOOLEAN => |of| Ok(Value::Boolean(double(&of[0]).is_nan()));
    "Double"."longBitsToDouble"(LONG) -> DOUBLE => |of| Ok(Value::Double(f64::from_bits(long(&of[0]) as u64)));
    "Double"."max"(DOUBLE, DOUBLE) -> DOUBLE => |of| Ok(Value::Double(java_math::max(double(&of[0]), double(&of[1]))));
    "Double"."min"(DOUBLE, DOUBLE) -> DOUBLE => |of| Ok(Value::Double(java_math::min(double(&of[0]), double(&of[1]))));
    "Double"."parseDouble"(TEXT) -> DOUBLE => |of| parse_double(text(&of[0])?).map(Value::Double);
    "Double"."sum"(DOUBLE, DOUBLE) -> DOUBLE => |of| Ok(Value::Double(double(&of[0]) + double(&of[1])));
    "Double"."toString"(DOUBLE) -> TEXT => |of| Ok(Value::text(&of[0].to_text()));
    "Double"."valueOf"(DOUBLE) -> DEF => |of| Ok(of[0].clone());
    "Duration"."between"(DEF, DEF) -> DURATION => duration_between;
    "Duration"."ofDays"(LONG) -> DURATION => |of| duration(&of[0], 86_400_000_000_000);
    "Duration"."ofHours"(LONG) -> DURATION => |of| duration(&of[0], 3_600_000_000_000);
    "Duration"."ofMinutes"(LONG) -> DURATION => |of| duration(&of[0], 60_000_000_000);
    "Duration"."ofSeconds"(LONG) -> DURATION => |of| duration(&of[0], 1_000_000_000);
    "Duration"."ofMillis"(LONG) -> DURATION => |of| duration(&of[0], 1_000_000);
    "Duration"."ofNanos"(LONG) -> DURATION => |of| duration(&of[0], 1);
    "Duration"."parse"(TEXT) -> DURATION => |of| java_time::duration(text(&of[0])?).map(|of| Value::time(Time::Duration(of)));
    "Float"."isNaN"(FLOAT) -> BOOLEAN => |of| Ok(Value::Boolean(double(&of[0]).is_nan()));
    "Float"."isInfinite"(FLOAT) -> BOOLEAN => |of| Ok(Value::Boolean(double(&of[0]).is_infinite()));
    "Float"."parseFloat"(TEXT) -> FLOAT => |of| parse_float(text(&of[0])?).map(Value::Float);
    "Float"."toString"(FLOAT) -> TEXT => |of| Ok(Value::text(&of[0].to_text()));
    "Float"."valueOf"(FLOAT) -> DEF => |of| Ok(of[0].clone());
    "Instant"."ofEpochMilli"(LONG) -> INSTANT => |of| Moment::from_millis(long(&of[0])).map(|of| Value::time(Time::Instant(of)));
    "Instant"."ofEpochSecond"(LONG) -> INSTANT => |of| Moment::from_millis(long(&of[0]).saturating_mul(1_000)).map(|of| Value::time(Time::Instant(of)));
    "Instant"."parse"(TEXT) -> INSTANT => |of| java_time::instant(text(&of[0])?).map(|of| Value::time(Time::Instant(of)));
    "Integer"."bitCount"(INT) -> INT => |of| Ok(Value::Int(int(&of[0]).count_ones() as i32));
    "Integer"."compare"(INT, INT) -> INT => |of| Ok(Value::Int(int(&of[0]).cmp(&int(&of[1])) as i32));
    "Integer"."hashCode"(INT) -> INT => |of| Ok(of[0].clone());
    "Integer"."max"(INT, INT) -> INT => |of| Ok(Value::Int(int(&of[0]).max(int(&of[1]))));
    "Integer"."min"(INT, INT) -> INT => |of| Ok(Value::Int(int(&of[0]).min(int(&of[1]))));
    "Integer"."numberOfLeadingZeros"(INT) -> INT => |of| Ok(Value::Int(int(&of[0]).leading_zeros() as i32));
    "Integer"."numberOfTrailingZeros"(INT) -> INT => |of| Ok(Value::Int(int(&of[0]).trailing_zeros() as i32));
    "Integer"."parseInt"(TEXT) -> INT => |of| parse_integer(text(&of[0])?, 10).map(|of| Value::Int(of as i32));
    "Integer"."parseInt"(TEXT, INT) -> INT => |of| parse_integer(text(&of[0])?, int(&of[1])).map(|of| Value::Int(of as i32));
    "Integer"."reverse"(INT) -> INT => |of| Ok(Value::Int(int(&of[0]).reverse_bits()));
    "Integer"."signum"(INT) -> INT => |of| Ok(Value::Int(int(&of[0]).signum()));
    "Integer"."toBinaryString"(INT) -> TEXT => |of| Ok(Value::text(&format!("{:b}", int(&of[0]))));
    "Integer"."toHexString"(INT) -> TEXT => |of| Ok(Value::text(&format!("{:x}", int(&of[0]))));
    "Integer"."toOctalString"(INT) -> TEXT => |of| Ok(Value::text(&format!("{:o}", int(&of[0]))));
    "Integer"."toString"(INT) -> TEXT => |of| Ok(Value::text(&of[0].to_text()));
    "Integer"."valueOf"(INT) -> DEF => |of| Ok(of[0].clone());
    "LocalDate"."of"(INT, INT, INT) -> LOCAL_DATE => |of| local_date(&of[0], &of[1], &of[2]).map(|of| Value::time(Time::LocalDate(of)));
    "LocalDate"."parse"(TEXT) -> LOCAL_DATE => |of| java_time::date(text(&of[0])?).map(|of| Value::time(Time::LocalDate(of)));
    "Long"."bitCount"(LONG) -> INT => |of| Ok(Value::Int(long(&of[0]).count_ones() as i32));
    "Long"."compare"(LONG, LONG) -> INT => |of| Ok(Value::Int(long(&of[0]).cmp(&long(&of[1])) as i32));
    "Long"."hashCode"(LONG) -> INT => hash;
    "Long"."max"(LONG, LONG) -> LONG => |of| Ok(Value::Long(long(&of[0]).max(long(&of[1]))));
    "Long"."min"(LONG, LONG) -> LONG => |of| Ok(Value::Long(long(&of[0]).min(long(&of[1]))));
    "Long"."numberOfLeadingZeros"(LONG) -> INT => |of| Ok(Value::Int(long(&of[0]).leading_zeros() as i32));
    "Long"."numberOfTrailingZeros"(LONG) -> INT => |of| Ok(Value::Int(long(&of[0]).trailing_zeros() as i32));
    "Long"."parseLong"(TEXT) -> LONG => |of| parse_long(text(&of[0])?).map(Value::Long);
    "Long"."signum"(LONG) -> INT => |of| Ok(Value::Int(long(&of[0]).signum() as i32));
    "Long"."sum"(LONG, LONG) -> LONG => |of| Ok(Value::Long(long(&of[0]).wrapping_add(long(&of[1]))));
    "Long"."toHexString"(LONG) -> TEXT => |of| Ok(Value::text(&format!("{:x}", long(&of[0]))));
    "Long"."toString"(LONG) -> TEXT => |of| Ok(Value::text(&of[0].to_text()));
    "Long"."valueOf"(LONG) -> DEF => |of| Ok(of[0].clone());
    "Objects"."equals"(DEF, DEF) -> BOOLEAN => |of| Ok(Value::Boolean(of[0] == of[1]));
    "Objects"."isNull"(DEF) -> BOOLEAN => |of| Ok(Value::Boolean(of[0] == Value::Null));
    "Objects"."nonNull"(DEF) -> BOOLEAN => |of| Ok(Value::Boolean(of[0] != Value::Null));
    "String"."join"(TEXT, LIST) -> TEXT => |of| joined(text(&of[0])?, &of[1]);
    "String"."valueOf"(DEF) -> TEXT => |of| Ok(Value::text(&of[0].to_text()));
    "ZoneId"."of"(TEXT) -> ZONE => |of| java_time::zone(text(&of[0])?).map(|of| Value::time(Time::Zone(of)));
    "ZoneOffset"."of"(TEXT) -> ZONE => |of| java_time::zone(text(&of[0])?).map(|of| Value::time(Time::Zone(of)));
    "ZoneOffset"."ofHours"(INT) -> ZONE => |of| offset(int(&of[0]).saturating_mul(3_600));
    "ZonedDateTime"."ofInstant"(INSTANT, ZONE) -> ZONED => zoned_of_instant;
    "ZonedDateTime"."parse"(TEXT) -> ZONED => |of| java_time::zoned(text(&of[0])?).map(|of| Value::time(Time::Zoned(of)));
};

fn text(value: &Value) -> Result<&str, Failure> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(Failure::null("the text is null")),
    }
}

fn double(value: &Value) -> f64 {
    value.as_double().unwrap_or(f64::NAN)
}

fn long(value: &Value) -> i64 {
    value.as_integer().unwrap_or_default()
}

fn int(value: &Value) -> i32 {
    long(value) as i32
}

fn character(value: &Value) -> Option<char> {
    match value {
        Value::Char(unit) => char::from_u32(u32::from(*unit)),
        _ => None,
    }
}

fn hash(of: &[Value]) -> Result<Value, Failure> {
    Ok(of[0].hash_code().map_or(Value::Null, Value::Int))
}

fn joined(separator: &str, list: &Value) -> Result<Value, Failure> {
    let Value::List(items) = list else { return Err(Failure::null("the list is null")) };
    Ok(Value::text(&texts_to_join(items, separator)?.join(separator)))
}

/// The first item for which none is greater, or less.
fn extreme(list: &Value, wanted: std::cmp::Ordering) -> Result<Value, Failure> {
    let Value::List(items) = list else { return Err(Failure::null("the list is null")) };
    let mut found = items.first().ok_or_else(|| Failure::new("no_such_element_exception", "the list is empty"))?;
    for item in &items[1..] {
        let order = crate::members::method(item, "compareTo", std::slice::from_ref(found))?;
        if order.as_integer().is_some_and(|order| order.cmp(&0) == wanted) {
            found = item;
        }
    }
    Ok(found.clone())
}

fn not_a_number(text: &str) -> Failure {
    Failure::new("number_format_exception", format!("For input string: \"{text}\""))
}

fn parse_long(text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| not_a_number(text))
}

fn parse_integer(text: &str, radix: i32) -> Result<i64, Failure> {
    let radix = u32::try_from(radix)
        .ok()
        .filter(|radix| (2..=36).contains(radix))
        .ok_or_else(|| Failure::new("number_format_exception", format!("radix {radix} is not between 2 and 36")))?;
    i32::from_str_radix(text, radix).map(i64::from).map_err(|_| not_a_number(text))
}

/// A decimal number with blanks around it, and perhaps the suffix of a literal.
fn decimal(text: &str) -> Result<&str, Failure> {
    let trimmed = text.trim_matches(|character: char| character <= ' ');
    let number = trimmed.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(trimmed);
    let unsigned = number.trim_start_matches(['+', '-']);
    let is_number = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        || (trimmed == number && matches!(unsigned, "NaN" | "Infinity"));
    if is_number { Ok(number) } else { Err(not_a_number(text)) }
}

fn parse_double(text: &str) -> Result<f64, Failure> {
    decimal(text)?.parse().map_err(|_| not_a_number(text))
}

fn parse_float(text: &str) -> Result<f32, Failure> {
    decimal(text)?.parse().map_err(|_| not_a_number(text))
}

fn duration(count: &Value, nanos: i128) -> Result<Value, Failure> {
    java_time::from_nanos(i128::from(long(count)) * nanos).map(|of| Value::time(Time::Duration(of)))
}

fn duration_between(of: &[Value]) -> Result<Value, Failure> {
    let nanos = |value: &Value| -> Result<i128, Failure> {
        let at = match value {
            Value::Time(time) => match &**time {
                Time::Instant(at) => Some(*at),
                _ => value.as_moment(),
            },
            _ => value.as_moment(),
        };
        at.map(Moment::nanos)
            .ok_or_else(|| Failure::cast(format!("Cannot cast {} to java.time.temporal.Temporal", value.class())))
    };
    let length: SignedDuration = java_time::from_nanos(nanos(&of[1])? - nanos(&of[0])?)?;
    Ok(Value::time(Time::Duration(length)))
}

fn local_date(year: &Value, month: &Value, day: &Value) -> Result<Date, Failure> {
    let numbers = (i16::try_from(long(year)), i8::try_from(long(month)), i8::try_from(long(day)));
    match numbers {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    }
    .ok_or_else(|| {
        Failure::new("date_time_exception", format!("Invalid date {}-{}-{}", long(year), long(month), long(day)))
    })
}

fn offset(seconds: i32) -> Result<Value, Failure> {
    let offset = Offset::from_seconds(seconds).ok().filter(|offset| offset.seconds().abs() <= 18 * 3_600);
    let offset = offset
        .ok_or_else(|| Failure::new("date_time_exception", "Zone offset not in valid range: -18:00 to +18:00"))?;
    Ok(Value::time(Time::Zone(Zone::fixed(offset))))
}

fn zoned_of_instant(of: &[Value]) -> Result<Value, Failure> {
    let zone = match &of[1] {
        Value::Time(time) => match &**time {
            Time::Zone(zone) => Some(zone.clone()),
            _ => None,
        },
        _ => None,
    };
    let at = match &of[0] {
        Value::Time(time) => match **time {
            Time::Instant(at) => Some(at),
            _ => None,
        },
        _ => None,
    };
    match (at, zone) {
        (Some(at), Some(zone)) => Ok(Value::time(Time::Zoned(ZonedDateTime::new(at, zone)?))),
        _ => Err(Failure::null("an argument of [ZonedDateTime.ofInstant] is null or is not a time zone")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn numbers_are_parsed_as_in_java() {
        assert_eq!((parse_integer("ff", 16), parse_integer("-12", 10)), (Ok(255), Ok(-12)));
        assert!(parse_integer("1", 1).is_err() && parse_integer("2147483648", 10).is_err());
        assert_eq!((parse_double(" 2.5d "), parse_double("-Infinity")), (Ok(2.5), Ok(f64::NEG_INFINITY)));
        assert!(parse_double("inf").is_err() && parse_double("x").is_err() && parse_double("").is_err());
    }

    #[test]
    fn every_class_of_a_method_is_listed() {
        assert!(METHODS.iter().all(|method| CLASSES.contains(&method.class)));
    }

    #[test]
    fn the_extreme_of_a_list() {
        let list = Value::List(Arc::from([Value::Long(4), Value::Long(9), Value::Long(1)]));
        assert_eq!(extreme(&list, std::cmp::Ordering::Greater), Ok(Value::Long(9)));
        assert_eq!(extreme(&list, std::cmp::Ordering::Less), Ok(Value::Long(1)));
        let empty = Value::List(Arc::from([]));
        assert_eq!(extreme(&empty, std::cmp::Ordering::Less).expect_err("empty").kind, "no_such_element_exception");
    }
}
