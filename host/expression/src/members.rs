//! Methods and properties of values.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arguments::{int_argument, text_argument};
use crate::date::{DatePart, Instant};
use crate::failure::Failure;
use crate::java_map::in_java_order;
use crate::java_time::{Moment, Time, ZonedDateTime};
use crate::list_index::{index_from_either_end, list_index};
use crate::operations::{CastKind, cast, equal};
use crate::syntax::TypeName;
use crate::text_members::text_method;
use crate::value::Value;
use crate::{java_math, java_text, time_members};

/// The names of all methods but those of dates.
const METHODS: &[&str] = &[
    "length",
    "charAt",
    "codePointAt",
    "substring",
    "subSequence",
    "indexOf",
    "lastIndexOf",
    "contains",
    "contentEquals",
    "startsWith",
    "endsWith",
    "equals",
    "equalsIgnoreCase",
    "compareTo",
    "compareToIgnoreCase",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "isEmpty",
    "replace",
    "concat",
    "splitOnToken",
    "toString",
    "hashCode",
    "intValue",
    "longValue",
    "floatValue",
    "doubleValue",
    "booleanValue",
    "size",
    "get",
    "containsAll",
    "subList",
    "sum",
    "join",
    "asList",
    "asCollection",
    "containsKey",
    "containsValue",
    "keySet",
    "values",
    "entrySet",
    "getKey",
    "getOrDefault",
    "toInstant",
    "toEpochMilli",
    "isBefore",
    "isAfter",
    "isEqual",
    "getLat",
    "getLon",
    "getLength",
];

/// Methods that change a list, a map or an entry. Only scripts that change documents can call them.
const CHANGES: &[&str] = &[
    "add",
    "addAll",
    "clear",
    "put",
    "putAll",
    "putIfAbsent",
    "remove",
    "removeAll",
    "removeIf",
    "retainAll",
    "set",
    "setValue",
];

/// Whether a method of this name changes a list, a map or an entry.
pub(crate) fn is_change(name: &str) -> bool {
    CHANGES.contains(&name)
}

/// Whether values of some type have a method of this name.
pub(crate) fn is_method(name: &str) -> bool {
    METHODS.contains(&name) || date_getter(name).is_some() || time_members::is_method(name)
}

/// `receiver.name(arguments)`
pub(crate) fn method(receiver: &Value, name: &str, arguments: &[Value]) -> Result<Value, Failure> {
    let found = match receiver {
        Value::Null => return Err(Failure::null(format!("cannot call [{name}]: the object is null"))),
        Value::Text(text) => text_method(text, name, arguments)?,
        Value::Int(_) | Value::Long(_) | Value::Float(_) | Value::Double(_) => {
            number_method(receiver, name, arguments)?
        }
        Value::Boolean(_) => match (name, arguments) {
            ("booleanValue", []) => Some(receiver.clone()),
            _ => None,
        },
        Value::Char(unit) => match (name, arguments) {
            ("compareTo", [Value::Char(other)]) => Some(Value::Int(i32::from(*unit) - i32::from(*other))),
            _ => None,
        },
        Value::Date(millis) => match date_method(*millis, name, arguments) {
            None => time_members::zoned_method(&ZonedDateTime::from_millis(*millis)?, name, arguments)?,
            found => found,
        },
        Value::Time(time) => time_members::method(time, name, arguments)?,
        Value::Entry(entry) => match (name, arguments) {
            ("getKey", []) => Some(entry.0.clone()),
            ("getValue", []) => Some(entry.1.clone()),
            _ => None,
        },
        Value::Point(lat, lon) => match (name, arguments) {
            ("getLat", []) => Some(Value::Double(*lat)),
            ("getLon", []) => Some(Value::Double(*lon)),
            _ => None,
        },
        Value::List(items) => list_method(items, name, arguments)?,
        Value::Map(entries) => match (name, arguments) {
            ("size", []) => Some(Value::Int(entries.len() as i32)),
            ("isEmpty", []) => Some(Value::Boolean(entries.is_empty())),
            ("containsKey", [key]) => Some(Value::Boolean(entry(entries, key).is_some())),
            ("get", [key]) => Some(entry(entries, key).cloned().unwrap_or(Value::Null)),
            ("getOrDefault", [key, default]) => Some(entry(entries, key).unwrap_or(default).clone()),
            ("containsValue", [value]) => Some(Value::Boolean(entries.values().any(|other| other == value))),
            ("keySet", []) => Some(list_of(entries, |key, _| Value::text(key))),
            ("values", []) => Some(list_of(entries, |_, value| value.clone())),
            ("entrySet", []) => {
                Some(list_of(entries, |key, value| Value::Entry(Arc::new((Value::text(key), value.clone())))))
            }
            _ => None,
        },
    };
    let found = found.or_else(|| match (name, arguments) {
        ("toString", []) => Some(Value::text(&receiver.to_text())),
        ("equals", [other]) => Some(Value::Boolean(receiver == other)),
        ("hashCode", []) => receiver.hash_code().map(Value::Int),
        _ => None,
    });
    found.ok_or_else(|| {
        let (class, count) = (receiver.class(), arguments.len());
        Failure::argument(format!("dynamic method [{class}, {name}/{count}] not found"))
    })
}

/// What is made of the entries of a map, in their order.
fn list_of(entries: &BTreeMap<String, Value>, of: impl Fn(&str, &Value) -> Value) -> Value {
    Value::List(in_java_order(entries).into_iter().map(|(key, value)| of(key, value)).collect())
}

fn number_method(number: &Value, name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    let to = match name {
        "intValue" => TypeName::Int,
        "longValue" => TypeName::Long,
        "floatValue" => TypeName::Float,
        "doubleValue" => TypeName::Double,
        "compareTo" => {
            let [other] = arguments else { return Ok(None) };
            if number.class() != other.class() {
                return Err(Failure::cast(format!("cannot compare [{}] with [{}]", number.class(), other.class())));
            }
            let order = match (number, other) {
                (Value::Long(left), Value::Long(right)) => left.cmp(right),
                _ => java_math::compare(number.as_double().unwrap_or(f64::NAN), other.as_double().unwrap_or(f64::NAN)),
            };
            return Ok(Some(Value::Int(order as i32)));
        }
        _ => return Ok(None),
    };
    if arguments.is_empty() { cast(to, CastKind::Explicit, number).map(Some) } else { Ok(None) }
}

fn date_method(millis: i64, name: &str, arguments: &[Value]) -> Option<Value> {
    match (name, arguments) {
        ("getMillis", []) => Some(Value::Long(millis)),
        ("toInstant", []) => Moment::from_millis(millis).ok().map(|at| Value::time(Time::Instant(at))),
        ("getDayOfWeekEnum", []) => {
            Some(Value::time(Time::DayOfWeek(Instant::new(millis).part(DatePart::DayOfWeek) as i8)))
        }
        ("toEpochSecond", []) => Some(Value::Long(millis.div_euclid(1_000))),
        ("isBefore", [Value::Date(other)]) => Some(Value::Boolean(millis < *other)),
        ("isAfter", [Value::Date(other)]) => Some(Value::Boolean(millis > *other)),
        ("isEqual", [Value::Date(other)]) => Some(Value::Boolean(millis == *other)),
        ("getNano", []) => Some(Value::Int((millis.rem_euclid(1_000) * 1_000_000) as i32)),
        (name, []) => Some(Value::Int(Instant::new(millis).part(date_part(name)?) as i32)),
        _ => None,
    }
}

/// The part of a date that a getter returns; `Some(None)` for getters that return something else.
fn date_getter(name: &str) -> Option<Option<DatePart>> {
    Some(Some(match name {
        "getYear" => DatePart::Year,
        "getMonthValue" | "getMonthOfYear" => DatePart::Month,
        "getDayOfMonth" => DatePart::DayOfMonth,
        "getDayOfYear" => DatePart::DayOfYear,
        "getDayOfWeek" => DatePart::DayOfWeek,
        "getHour" | "getHourOfDay" => DatePart::Hour,
        "getMinute" | "getMinuteOfHour" => DatePart::Minute,
        "getSecond" | "getSecondOfMinute" => DatePart::Second,
        "getMillisOfSecond" => DatePart::MilliOfSecond,
        "getMinuteOfDay" => DatePart::MinuteOfDay,
        "getSecondOfDay" => DatePart::SecondOfDay,
        "getMillisOfDay" => DatePart::MilliOfDay,
        "getWeekOfWeekyear" => DatePart::Week,
        "getWeekyear" => DatePart::WeekYear,
        "getCenturyOfEra" => DatePart::CenturyOfEra,
        "getYearOfCentury" => DatePart::YearOfCentury,
        "getYearOfEra" => DatePart::YearOfEra,
        "getEra" => DatePart::Era,
        "getMillis" | "getNano" | "toEpochSecond" => return Some(None),
        _ => return None,
    }))
}

/// The part of a date that a method without arguments returns, if it returns one.
pub(crate) fn date_part(method: &str) -> Option<DatePart> {
    date_getter(method)?
}

fn list_method(items: &[Value], name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    Ok(match (name, arguments) {
        ("size" | "getLength", []) => Some(Value::Int(items.len() as i32)),
        ("isEmpty", []) => Some(Value::Boolean(items.is_empty())),
        ("contains", [item]) => Some(Value::Boolean(items.contains(item))),
        ("indexOf", [item]) => {
            let found = items.iter().position(|other| other == item);
            Some(Value::Int(found.map_or(-1, |position| position as i32)))
        }
        ("lastIndexOf", [item]) => {
            let found = items.iter().rposition(|other| other == item);
            Some(Value::Int(found.map_or(-1, |position| position as i32)))
        }
        ("containsAll", [Value::List(others)]) => {
            Some(Value::Boolean(others.iter().all(|other| items.contains(other))))
        }
        ("asList" | "asCollection", []) => Some(Value::List(items.into())),
        ("subList", [begin, end]) => {
            let (begin, end) = (int_argument(begin)?, int_argument(end)?);
            if begin < 0 || end > items.len() as i64 || begin > end {
                let reason = format!("fromIndex = {begin}, toIndex = {end}, size = {}", items.len());
                return Err(Failure::new("index_out_of_bounds_exception", reason));
            }
            Some(Value::List(items[begin as usize..end as usize].into()))
        }
        ("sum", []) => {
            let mut sum = 0.0;
            for item in items {
                sum += item.as_double().ok_or_else(|| {
                    Failure::cast(format!("class {} cannot be cast to class java.lang.Number", item.class()))
                })?;
            }
            Some(Value::Double(sum))
        }
        ("join", [separator]) => {
            let separator = text_argument(separator)?;
            let texts = texts_to_join(items, separator)?;
            // Painless has no separator after texts that are empty, if all before are.
            let first = texts.iter().position(|text| !text.is_empty()).unwrap_or(texts.len());
            Some(Value::text(&texts[first..].join(separator)))
        }
        ("get", [at]) => Some(items[list_index(int_argument(at)?, items.len())?].clone()),
        _ => None,
    })
}

/// The items as texts that can be joined.
pub(crate) fn texts_to_join(items: &[Value], separator: &str) -> Result<Vec<String>, Failure> {
    let texts: Vec<String> = items.iter().map(Value::to_text).collect();
    java_text::check_length(texts.iter().map(|text| text.len() + separator.len()).sum())?;
    Ok(texts)
}

fn element(items: &[Value], index: i64) -> Result<Value, Failure> {
    Ok(items[index_from_either_end(index, items.len())?].clone())
}

fn entry<'a>(entries: &'a std::collections::BTreeMap<String, Value>, key: &Value) -> Option<&'a Value> {
    match key {
        Value::Text(key) => entries.get(&**key),
        _ => None,
    }
}

/// `receiver[index]`
pub(crate) fn at_index(receiver: &Value, at: &Value) -> Result<Value, Failure> {
    match receiver {
        Value::List(items) => element(items, int_argument(at)?),
        Value::Map(entries) => Ok(entry(entries, at).cloned().unwrap_or(Value::Null)),
        Value::Null => Err(Failure::null("cannot read an element: the object is null")),
        other => Err(Failure::argument(format!(
            "Attempting to address a non-array-like type [{}] as an array.",
            other.class()
        ))),
    }
}

/// `receiver.name`: an entry of a map, an element of a list, or what a getter returns.
pub(crate) fn property(receiver: &Value, name: &str) -> Result<Value, Failure> {
    match receiver {
        Value::Null => return Err(Failure::null(format!("cannot read [{name}]: the object is null"))),
        Value::Map(entries) => return Ok(entries.get(name).cloned().unwrap_or(Value::Null)),
        Value::List(items) => {
            return match name.parse() {
                Ok(index) => element(items, index),
                Err(_) if name == "length" => Ok(Value::Int(items.len() as i32)),
                Err(_) if name == "empty" => Ok(Value::Boolean(items.is_empty())),
                Err(_) => Err(Failure::argument(format!("Illegal list shortcut value [{name}]."))),
            };
        }
        _ => {}
    }
    for getter in ["get", "is"].into_iter().filter_map(|prefix| getter(prefix, name)) {
        if let Ok(value) = method(receiver, &getter, &[]) {
            return Ok(value);
        }
    }
    Err(Failure::argument(format!("dynamic getter [{}, {name}] not found", receiver.class())))
}

/// The name of the getter of a property; `None` if the name is empty.
pub(crate) fn getter(prefix: &str, property: &str) -> Option<String> {
    let mut characters = property.chars();
    let first = characters.next()?.to_ascii_uppercase();
    Some(format!("{prefix}{first}{}", characters.as_str()))
}

/// Whether two values are equal for `contains` of a field's values: of the same type and equal.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    left.class() == right.class() && equal(left, right)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn methods_of_texts_are_those_of_java() {
        let text = Value::text("Straße b");
        let call = |name: &str, arguments: &[Value]| method(&text, name, arguments).map_err(|failure| failure.reason);
        assert_eq!(call("length", &[]), Ok(Value::Int(8)));
        assert_eq!(call("toUpperCase", &[]), Ok(Value::text("STRASSE B")));
        assert_eq!(call("equalsIgnoreCase", &[Value::text("STRASSE B")]), Ok(Value::Boolean(false)));
        assert_eq!(call("equalsIgnoreCase", &[Value::text("STRAßE B")]), Ok(Value::Boolean(true)));
        assert_eq!(call("compareTo", &[Value::text("Sa")]), Ok(Value::Int(19)));
        assert_eq!(call("substring", &[Value::Int(20)]), Err("begin 20, end 8, length 8".to_owned()));
        assert_eq!(
            call("contains", &[Value::Int(1)]),
            Err("cannot cast [java.lang.Integer] to java.lang.String".to_owned())
        );
        assert_eq!(call("foo", &[]), Err("dynamic method [java.lang.String, foo/0] not found".to_owned()));
        assert_eq!(property(&text, "empty"), Ok(Value::Boolean(false)));
        assert!(property(&text, "length").is_err());
    }

    #[test]
    fn members_of_lists_maps_and_dates() {
        let list = Value::List(Arc::from([Value::Int(1), Value::Int(2)]));
        assert_eq!(at_index(&list, &Value::Int(-1)), Ok(Value::Int(2)));
        assert_eq!(property(&list, "1"), Ok(Value::Int(2)));
        assert_eq!(method(&list, "contains", &[Value::Long(2)]), Ok(Value::Boolean(false)));
        let reason = at_index(&list, &Value::Int(2)).expect_err("outside").reason;
        assert_eq!(reason, "Index 2 out of bounds for length 2");
        let date = Value::Date(1_709_212_455_678);
        assert_eq!(property(&date, "year"), Ok(Value::Int(2024)));
        assert_eq!(method(&date, "getNano", &[]), Ok(Value::Int(678_000_000)));
        assert_eq!(property(&date, "millis"), Ok(Value::Long(1_709_212_455_678)));
        assert!(property(&date, "nothing").is_err());
        assert!(method(&Value::Null, "size", &[]).is_err());
    }
}
